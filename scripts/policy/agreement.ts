import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { loadPolicy } from '../../runtime/policy.ts'
import type { Verdict } from '../../runtime/verdict.ts'
import type { Opa } from './opa.ts'
import { type Sample, samples } from './samples.ts'

const FILES = { wasm: new URL('../../dist/policy.wasm', import.meta.url), catalogue: new URL('../../dist/catalogue.json', import.meta.url) }
const SELF = { namespace: 'sidecar-reaper', sweep: 'this-sweep' }

/** How many samples opa eval and the wasm in dist judged alike, given the same facts and data. @throws {Error} naming those that they did not */
export async function agreement(opa: Opa): Promise<number> {
  const { catalogue } = JSON.parse(await readFile(FILES.catalogue, 'utf8')) as { catalogue: object } // made by this script
  const judged = await Promise.all((await samples()).map(sample => byWasm(sample, catalogue)))
  const verdicts = await byOpa(
    opa,
    judged.map(({ evaluation }) => evaluation),
  )
  const differing = judged.filter(({ verdict }, index) => !isDeepStrictEqual(verdict, verdicts[index])).map(({ name }) => name)
  if (differing.length > 0) throw new Error(`opa eval and dist/policy.wasm judge differently: ${differing.join(', ')}`)
  return judged.length
}

/** What one evaluation reads. */
interface Evaluation {
  readonly input: object
  readonly data: { readonly catalogue: object; readonly settings: object; readonly self: object }
}

async function byWasm({ name, pod, now, settings, surroundings }: Sample, catalogue: object) {
  const policy = await loadPolicy(FILES, settings, SELF)
  const facts = policy.facts(pod)
  const { catalogue: _rows, ...rules } = settings
  const evaluation: Evaluation = {
    input: { pod: facts, ...surroundings, now: now.getTime() / 1000 },
    data: { catalogue, settings: rules, self: SELF },
  }
  return { name, evaluation, verdict: policy.verdict(facts, surroundings, now) }
}

const JUDGE = `package judge

verdicts := [verdict(evaluation) | some evaluation in data.evaluations]

verdict(evaluation) := judged if {
  judged := data.sidecar.verdict with input as evaluation.input
    with data.catalogue as evaluation.data.catalogue
    with data.settings as evaluation.data.settings
    with data.self as evaluation.data.self
}
`

async function byOpa(opa: Opa, evaluations: readonly Evaluation[]): Promise<Verdict[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-samples-'))
  try {
    await writeFile(join(folder, 'evaluations.json'), JSON.stringify({ evaluations }))
    await writeFile(join(folder, 'judge.rego'), JUDGE)
    const rules = ['--data', 'policies/sidecar', '--ignore', '*_test.rego', '--capabilities', 'policies/capabilities.json']
    return JSON.parse(await opa('eval', ...rules, '--data', folder, '--format', 'raw', 'data.judge.verdicts')) as Verdict[] // compared with verdicts right after
  } finally {
    await rm(folder, { recursive: true })
  }
}
