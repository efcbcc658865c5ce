import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { type Catalogue, catalogueReads, indexCatalogue, leanCatalogue } from './catalogue.ts'
import { podFacts, type PodFacts, reads, type Reads } from './facts.ts'
import type { Pod } from './pod.ts'
import { type Evaluator, loadEvaluator } from './policy/evaluator.ts'
import { type Settings, settingsHash } from './settings.ts'
import type { Verdict } from './verdict.ts'

/** The compiled policy or its data cannot be read or evaluated; `code` says which of the two. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError'
  readonly code: 'unreadable' | 'evaluation'
  constructor(code: PolicyError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

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
  readonly hashes: { readonly wasm: string; readonly catalogue: string; readonly settings: string }
}

export interface VerdictOptions {
  /** Say of each way why it comes where it does, and of the others why they do not come; default false. */
  readonly explain?: boolean
}

export interface PolicyFiles {
  readonly wasm: URL | string
  readonly catalogue: URL | string
}

/** What the policy knows of the one who asks: its own namespace is left alone, its own claims do not stop it. */
export interface Self {
  readonly namespace: string | null
  readonly sweep: string
}

/** The policy of these files, ready to judge. @throws {PolicyError} `unreadable` naming the file and what was expected */
export async function loadPolicy(files: PolicyFiles, settings: Settings, self: Self): Promise<Policy> {
  const [wasm, catalogueText] = await Promise.all([read(files.wasm), read(files.catalogue)])
  const catalogue = withRows(parseCatalogue(catalogueText, files.catalogue), settings)
  const { catalogue: _rows, ...rules } = settings
  const evaluator = await instantiate(wasm, files.wasm, { catalogue: leanCatalogue(catalogue), settings: rules, self })
  const keys: Reads = readsOf(catalogue, settings)
  return {
    facts: pod => podFacts(pod, keys),
    verdict: (facts, surroundings, now, options) =>
      evaluate(evaluator, { pod: facts, ...surroundings, now: now.getTime() / 1000, ...options }),
    hashes: { wasm: sha256(wasm), catalogue: sha256(Buffer.from(JSON.stringify(catalogue))), settings: settingsHash(settings) },
  }
}

const ENTRY_POINT = 'sidecar/verdict'

function evaluate({ evaluate, entryPoints }: Evaluator, input: object): Verdict {
  try {
    const [answer] = evaluate(input, entryPoints[ENTRY_POINT] ?? 0) as { readonly result: Verdict }[] // the policy's tests hold its shape
    if (answer) return answer.result
  } catch (cause) {
    throw new PolicyError('evaluation', `Cannot judge a pod: the policy failed with ${said(cause)}`, { cause })
  }
  throw new PolicyError('evaluation', 'Cannot judge a pod: the policy gave no verdict')
}

// opa-wasm throws strings and plain objects.
function said(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'message' in cause) return String(cause.message)
  return String(cause)
}

async function read(file: URL | string): Promise<Buffer> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw unreadable(file, `${cause.code ?? cause.message}`, cause)
  })
}

async function instantiate(wasm: Buffer, file: URL | string, data: object): Promise<Evaluator> {
  const evaluator = await loadEvaluator(new Uint8Array(wasm), data).catch((cause: unknown) => {
    throw unreadable(file, `it is no policy compiled by opa build -t wasm: ${said(cause)}`, cause)
  })
  if (!(evaluator.abi >= 2)) throw unreadable(file, `its OPA wasm ABI is 1.${evaluator.abi}, expected 1.2 or later`)
  if (!(ENTRY_POINT in evaluator.entryPoints)) throw unreadable(file, `it has no entry point ${ENTRY_POINT}`)
  return evaluator
}

function parseCatalogue(text: Buffer, file: URL | string): Catalogue {
  try {
    const { catalogue } = JSON.parse(text.toString()) as { catalogue?: Catalogue } // written by our own build, checked there
    if (catalogue?.rows && catalogue.by_name && catalogue.by_prefix && catalogue.by_image && catalogue.by_mark) return catalogue
  } catch (cause) {
    throw unreadable(file, said(cause), cause)
  }
  throw unreadable(file, 'it has no key catalogue with rows and their indexes')
}

function withRows(catalogue: Catalogue, settings: Settings): Catalogue {
  if (Object.keys(settings.catalogue).length === 0) return catalogue
  return indexCatalogue({ ...settings.catalogue, ...catalogue.rows, ...settings.catalogue }) // theirs are recognised first
}

function readsOf(catalogue: Catalogue, { mainLabel, controllersGone }: Settings): Reads {
  const { labels, ...rest } = catalogueReads(catalogue)
  return reads({ ...rest, labels: mainLabel ? [...labels, mainLabel] : labels, controllersGone })
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function unreadable(file: URL | string, why: string, cause?: unknown): PolicyError {
  const path = file instanceof URL ? file.pathname : file
  return new PolicyError('unreadable', `Cannot load the policy from ${path}: ${why}`, { cause })
}
