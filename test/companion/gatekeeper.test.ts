import { execFileSync } from 'node:child_process'
import t from 'tap'
import { reaperManifests } from '../../generator/reaper/reaper.ts'
import { goTool } from '../../scripts/go-tool.ts'
import { options, sources } from '../generator/sources.ts'
import { JOBS } from './jobs.ts'

t.setTimeout(1_800_000) // the first run builds gator

t.test('gator verify: the constraint knows the Jobs that will hang, and no others', async t => {
  const gator = await goTool('gator')
  const manifests = reaperManifests(options({ companions: ['gatekeeper'] }), sources).filter(({ file }) => file.startsWith('gatekeeper-'))
  const entries = Object.entries(JOBS)
  const cases = entries.map(([name, { hangs }], index) => ({
    name,
    object: `job-${index}.json`,
    assertions: [hangs === false ? { violations: 'no' } : { violations: 1, message: `: ${hangs} outlives its main` }],
  }))
  const tests = [{ name: 'jobs', template: 'gatekeeper-template.yaml', constraint: 'gatekeeper-constraint.yaml', cases }]
  const directory = t.testdir({
    'suite.yaml': JSON.stringify({ apiVersion: 'test.gatekeeper.sh/v1alpha1', kind: 'Suite', metadata: { name: 'companion' }, tests }),
    ...Object.fromEntries(manifests.map(({ file, text }) => [file, text])),
    ...Object.fromEntries(entries.map(([, { job }], index) => [`job-${index}.json`, JSON.stringify(job)])),
  })
  const printed = execFileSync(gator, ['verify', '--verbose', `${directory}/suite.yaml`], { encoding: 'utf8' })
  for (const [name] of entries) t.match(printed, `--- PASS: ${name}`, name)
})
