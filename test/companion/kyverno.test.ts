import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { loadAll } from 'js-yaml'
import t from 'tap'
import { reaperManifests } from '../../generator/reaper/reaper.ts'
import { goTool } from '../../scripts/go-tool.ts'
import { options, sources } from '../generator/sources.ts'
import { JOBS } from './jobs.ts'

t.setTimeout(3_600_000) // the first run builds kyverno

interface Template {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
}

interface Mutated {
  readonly spec: { readonly template?: Template; readonly jobTemplate?: { readonly spec: { readonly template: Template } } }
}

t.test('kyverno apply: the policy annotates the Jobs that will hang, and changes no others', async t => {
  const kyverno = await goTool('kyverno')
  const [policy] = reaperManifests(options({ companions: ['kyverno'] }), sources).filter(({ file }) => file === 'kyverno.yaml')
  for (const [title, { job, hangs }] of Object.entries(JOBS)) {
    const directory = t.testdir({ 'policy.yaml': policy?.text ?? '', 'job.json': JSON.stringify(job), out: {} })
    execFileSync(kyverno, ['apply', 'policy.yaml', '--resource', 'job.json', '--output', 'out'], { cwd: directory, stdio: 'pipe' })
    t.ok(existsSync(`${directory}/out/job-mutated.yaml`), title)
    const [mutated] = loadAll(readFileSync(`${directory}/out/job-mutated.yaml`, 'utf8')) // separators follow it
    const annotations = annotationsOf(mutated)
    t.strictSame(annotations, hangs === false ? annotationsOf(job) : { ...annotationsOf(job), 'sidecar-reaper/sidecars': hangs }, title)
  }
})

function annotationsOf(job: unknown): Readonly<Record<string, string>> {
  const { spec } = job as Mutated // one of JOBS
  return (spec.jobTemplate?.spec.template ?? spec.template)?.metadata?.annotations ?? {}
}
