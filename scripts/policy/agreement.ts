import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Inspected, loadDoctorRules } from '../../runtime/doctor/rules.ts'
import { loadPolicy } from '../../runtime/policy.ts'
import type { Pod } from '../../runtime/pod.ts'
import { type Finding, loadReview, type Template } from '../../runtime/review.ts'
import type { Verdict } from '../../runtime/verdict.ts'
import { decodeSettings } from '../../runtime/settings/decode.ts'
import type { Opa } from './opa.ts'
import { pages } from './pages.ts'
import { type Sample, samples } from './samples.ts'

const FILES = { wasm: new URL('../../dist/policy.wasm', import.meta.url), catalogue: new URL('../../dist/catalogue.json', import.meta.url) }
const SELF = { namespace: 'sidecar-reaper', sweep: 'this-sweep' }

/** How many samples opa eval and the wasm in dist judged alike, live and as the Job that they are of, and how many examples of docs/rules, given the same input and data. @throws {Error} naming those that they did not */
export async function agreement(opa: Opa): Promise<number> {
  const { catalogue } = JSON.parse(await readFile(FILES.catalogue, 'utf8')) as { catalogue: object } // made by this script
  const written = (await pages()).flatMap(({ rule, manifests, settings }) =>
    manifests.map(manifest => ({ name: `${rule}.md`, manifest, settings: decodeSettings(settings, `${rule}.md`) })),
  )
  const judged = await Promise.all([
    ...(await samples()).map(sample => byWasm(sample, catalogue, jobOf(sample.pod))),
    ...written.map(({ manifest, ...example }) => byWasm({ ...NOTHING_LIVE, ...example }, catalogue, manifest)),
  ])
  const answers = await byOpa(
    opa,
    judged.map(({ evaluation }) => evaluation),
  )
  const differing = judged.filter(({ answer }, index) => !isDeepStrictEqual(answer, answers[index])).map(({ name }) => name)
  if (differing.length > 0) throw new Error(`opa eval and dist/policy.wasm judge differently: ${differing.join(', ')}`)
  return judged.length
}

/** What one evaluation reads. */
interface Evaluation {
  readonly input: object
  readonly manifest: object
  /** A pod as the doctor's rules read it. */
  readonly inspection: object
  readonly data: { readonly catalogue: object; readonly settings: object; readonly self: object }
}

interface Answer {
  readonly verdict: Verdict
  readonly findings: readonly Finding[]
  readonly templates: readonly Template[]
  readonly inspected: Inspected
}

/** Examples are of manifests alone. */
const NOTHING_LIVE = { pod: {}, now: new Date(0), surroundings: { namespace: null, node: null } }

async function byWasm({ name, pod, now, settings, surroundings }: Omit<Sample, 'about' | 'expect'>, catalogue: object, manifest: object) {
  const [policy, review, doctor] = await Promise.all([
    loadPolicy(FILES, settings, SELF),
    loadReview(FILES, settings),
    loadDoctorRules(FILES, settings),
  ])
  const facts = policy.facts(pod)
  const { metadata, spec } = doctor.facts(pod)
  const around = { namespace: surroundings.namespace, written: null, natives: [] }
  const { catalogue: _rows, ...rules } = settings
  const evaluation: Evaluation = {
    input: { pod: facts, ...surroundings, now: now.getTime() / 1000 },
    manifest,
    inspection: { pod: { metadata, spec }, ...around, is_template: true },
    data: { catalogue, settings: rules, self: SELF },
  }
  const answer: Answer = {
    verdict: policy.verdict(facts, surroundings, now),
    findings: review.findings(manifest),
    templates: review.templates(manifest),
    inspected: doctor.inspected({ metadata, spec, status: {} }, { ...around, isTemplate: true }),
  }
  return { name, evaluation, answer }
}

function jobOf({ metadata, spec }: Pod): object {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: metadata?.name }, spec: { template: { metadata, spec } } }
}

const JUDGE = `package judge

answers := [answer |
  some evaluation in data.evaluations
  answer := {
    "verdict": verdict(evaluation),
    "findings": findings(evaluation),
    "templates": templates(evaluation),
    "inspected": inspected(evaluation),
  }
]

verdict(evaluation) := judged if {
  judged := data.sidecar.verdict with input as evaluation.input
    with data.catalogue as evaluation.data.catalogue
    with data.settings as evaluation.data.settings
    with data.self as evaluation.data.self
}

findings(evaluation) := found if {
  found := data.review.findings with input as evaluation.manifest
    with data.catalogue as evaluation.data.catalogue
    with data.settings as evaluation.data.settings
}

templates(evaluation) := found if {
  found := data.review.templates with input as evaluation.manifest
    with data.catalogue as evaluation.data.catalogue
    with data.settings as evaluation.data.settings
}

inspected(evaluation) := found if {
  found := data.doctor.inspected with input as evaluation.inspection
    with data.catalogue as evaluation.data.catalogue
    with data.settings as evaluation.data.settings
}
`

async function byOpa(opa: Opa, evaluations: readonly Evaluation[]): Promise<Answer[]> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-samples-'))
  try {
    await writeFile(join(folder, 'evaluations.json'), JSON.stringify({ evaluations }))
    await writeFile(join(folder, 'judge.rego'), JUDGE)
    const folders = ['policies/sidecar', 'policies/review', 'policies/doctor', folder].flatMap(path => ['--data', path])
    const options = ['--ignore', '*_test.rego', '--capabilities', 'policies/capabilities.json', '--format', 'raw']
    return JSON.parse(await opa('eval', ...folders, ...options, 'data.judge.answers')) as Answer[] // compared with answers right after
  } finally {
    await rm(folder, { recursive: true })
  }
}
