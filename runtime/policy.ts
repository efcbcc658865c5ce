import { type Catalogue, catalogueReads, leanCatalogue } from './catalogue.ts'
import { podFacts, type PodFacts, reads, type Reads } from './facts.ts'
import type { Pod } from './pod.ts'
import { PolicyError } from './policy/error.ts'
import { type Ask, asking, type Hashes, hashesOf, instantiate, type PolicyFiles, readPolicy } from './policy/load.ts'
import type { Settings } from './settings.ts'
import type { Verdict } from './verdict.ts'

export { PolicyError } from './policy/error.ts'
export type { PolicyFiles } from './policy/load.ts'

/** What the policy is told of a pod's surroundings; null: not readable, so the rules that need it are off. */
export interface Surroundings {
  readonly namespace: { readonly name: string; readonly labels: Readonly<Record<string, string>> } | null
  readonly node: { readonly ready: boolean } | null
}

/** The compiled rules with the catalogue and settings in force: facts in, verdicts out, no state. */
export interface Policy {
  /** @throws {TypeError} when the pod's shape is not a pod's */
  facts(pod: Pod): PodFacts
  /** @throws {PolicyError} `evaluation` when the wasm fails on these facts */
  verdict(facts: PodFacts, surroundings: Surroundings, now: Date, options?: VerdictOptions): Verdict
  /** sha256 of each, hexadecimal. */
  readonly hashes: Hashes
}

export interface VerdictOptions {
  /** Say of each way why it comes where it does, and of the others why they do not come; default false. */
  readonly explain?: boolean
}

/** What the policy knows of the one who asks: its own namespace is left alone, its own claims do not stop it. */
export interface Self {
  readonly namespace: string | null
  readonly sweep: string
}

/** The policy of these files, ready to judge. @throws {PolicyError} `unreadable` naming the file and what was expected */
export async function loadPolicy(files: PolicyFiles, settings: Settings, self: Self): Promise<Policy> {
  const source = readPolicy(files, settings)
  const { wasm, catalogue } = source
  const { catalogue: _rows, ...rules } = settings
  const evaluator = await instantiate(wasm, files.wasm, { catalogue: leanCatalogue(catalogue, 'pods'), settings: rules, self }, ENTRY_POINT)
  const ask = asking(evaluator, 'judge a pod')
  const keys: Reads = readsOf(catalogue, settings)
  return {
    facts: pod => podFacts(pod, keys),
    verdict: (facts, surroundings, now, options) => verdictOf(ask, { pod: facts, ...surroundings, now: now.getTime() / 1000, ...options }),
    hashes: hashesOf(source, settings),
  }
}

const ENTRY_POINT = 'sidecar/verdict'

function verdictOf(ask: Ask, input: object): Verdict {
  const verdict = ask(ENTRY_POINT, input)
  if (verdict === undefined) throw new PolicyError('evaluation', 'Cannot judge a pod: the policy gave no verdict')
  return verdict as Verdict // the policy's tests hold its shape
}

/** What facts carry for this policy: what the catalogue and the settings look at. */
export function readsOf(catalogue: Catalogue, { mainLabel, controllersGone }: Settings): Reads {
  const { labels, ...rest } = catalogueReads(catalogue)
  return reads({ ...rest, labels: mainLabel ? [...labels, mainLabel] : labels, controllersGone })
}
