import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { reaperObjects } from '../../generator/reaper/reaper.ts'
import { pinnedOpa } from '../../scripts/policy/opa.ts'
import { options, sources } from '../generator/sources.ts'
import { JOBS } from './jobs.ts'

// The rules of the ConstraintTemplate in opa, which is what Gatekeeper runs them in.

interface Template {
  readonly spec: { readonly targets: readonly { readonly code: readonly { readonly source: { readonly rego: string } }[] }[] }
}

const opa = await pinnedOpa()
const [template] = reaperObjects(options({ companions: ['gatekeeper'] }), sources).filter(
  object => Reflect.get(object, 'kind') === 'ConstraintTemplate',
)

t.test('the ConstraintTemplate knows the Jobs that will hang', async t => {
  const { spec } = template as Template // rendered by us, checked by gator
  const directory = t.testdir({ 'rules.rego': spec.targets[0]?.code[0]?.source.rego ?? '' })
  for (const [title, { job, hangs }] of Object.entries(JOBS)) {
    writeFileSync(join(directory, 'input.json'), JSON.stringify({ review: { object: job } }))
    const files = ['--data', join(directory, 'rules.rego'), '--input', join(directory, 'input.json')]
    const found = JSON.parse(await opa('eval', '--format=raw', ...files, 'data.sidecarreaperhangingjob.violation')) as {
      readonly msg: string
    }[] // the rule's own shape
    t.strictSame(
      found.map(({ msg }) => /: (.*) outlives its main/.exec(msg)?.[1]),
      hangs === false ? [] : [hangs],
      title,
    )
  }
})
