import { randomUUID } from 'node:crypto'
import t from 'tap'
import { reaperObjects } from '../../generator/reaper/reaper.ts'
import { JOBS } from '../companion/jobs.ts'
import { options, sources } from '../generator/sources.ts'
import { eventually } from './harness/eventually.ts'
import { kubectl, kubectlWarnings } from './harness/kubectl.ts'

// What the API server says to whoever creates a Job, by a dry run.

const name = `companion-${randomUUID().slice(0, 6)}`
const policies = reaperObjects(options({ name, pin: false, companions: ['admission'] }), sources).filter(object =>
  String(Reflect.get(object, 'kind')).startsWith('ValidatingAdmissionPolicy'),
)
const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: policies })
await kubectl(['create', '--filename=-'], list)
t.teardown(() => kubectl(['delete', '--filename=-'], list))

function warnings(job: object): Promise<string> {
  return kubectlWarnings(['create', '--dry-run=server', '--namespace=default', '--filename=-'], JSON.stringify(job))
}

t.test('the API server warns of the Jobs that will hang, and of no others', async t => {
  const [[, first] = []] = Object.entries(JOBS)
  await eventually(
    'the policy is enforced',
    () => warnings(first?.job ?? {}),
    said => said !== '',
  )
  for (const [title, { job, hangs }] of Object.entries(JOBS)) {
    const said = (await warnings(job)).split('\n').filter(line => line.includes(name))
    t.strictSame(
      said.map(line => /it will not complete by itself: (.*) outlives its main/.exec(line)?.[1]),
      hangs === false ? [] : [hangs],
      title,
    )
  }
})
