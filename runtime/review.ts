import { defaultSettings, type Settings } from './settings.ts'
import { PolicyError, said } from './policy/error.ts'
import { type Hashes, hashesOf, instantiate, type PolicyFiles, readPolicy } from './policy/load.ts'

/** One remark on a manifest. */
export interface Finding {
  readonly rule: string
  readonly severity: Severity
  readonly message: string
  readonly container: string | null
  /** Where in the manifest. */
  readonly path: Path
  readonly fix: { readonly text: string; readonly patch: readonly Operation[] }
  readonly docs: string
  /** Someone has said why it may stay, by annotation or in the settings. */
  readonly exception?: { readonly reason: string; readonly until: string | null }
}

export type Severity = 'error' | 'warning' | 'info'
export type Path = readonly (string | number)[]

/** Of an RFC 6902 patch, as far as we write them. */
export type Operation =
  | { readonly op: 'add' | 'replace' | 'test'; readonly path: string; readonly value: unknown }
  | { readonly op: 'move'; readonly from: string; readonly path: string }
  | { readonly op: 'remove'; readonly path: string }

/** A pod template of a manifest, with the roles of its containers. */
export interface Template {
  /** The kind that makes the pods. */
  readonly owner: string
  readonly name: string
  readonly path: Path
  /** What holds its annotations and labels. */
  readonly metadata: Path
  /** Its pod spec, null where the kind has none of Kubernetes' own shape. */
  readonly pod: Path | null
  readonly ignored: boolean
  /** Why a sweep would refuse its pods. */
  readonly refused: string | null
  /** The annotation that says who is a sidecar. */
  readonly speaker: string | null
  readonly restart_policy: string | null
  readonly grace: number
  readonly containers: readonly (Main | Sidecar)[]
}

interface Member {
  readonly name: string
  /** Null: a webhook will add it. */
  readonly path: Path | null
  readonly injected: boolean
  /** The owner of the pod ends it. */
  readonly with_owner: boolean
}

export interface Main extends Member {
  readonly role: 'main'
}

export interface Sidecar extends Member {
  readonly role: 'sidecar'
  readonly why: string
  readonly row: string | null
  /** The row's, null without one. */
  readonly title: string | null
  /** A sweep with these settings would only report it. */
  readonly reported: boolean
  /** After its signal, whatever its options; null: nobody knows. */
  readonly exit: number | null
  /** Ways to end with 0 that are off, each with the options that switch it on. */
  readonly settable: readonly { readonly way: 'exec' | 'http' | 'signal'; readonly options: readonly Option[] }[]
  readonly ends_itself: boolean
  readonly last: boolean
  readonly native: {
    readonly annotations?: Readonly<Record<string, string>>
    readonly since: string
    readonly byDefault?: string
    readonly note?: string
  } | null
}

export interface Option {
  readonly flag?: string
  readonly env?: string
  readonly annotation?: string
  readonly is: readonly string[]
}

/** The compiled rules for manifests: a parsed manifest in, findings out, no state. A manifest of any shape is taken. */
export interface Review {
  /** @throws {PolicyError} `evaluation` when the wasm fails on it */
  findings(manifest: object): readonly Finding[]
  /** @throws {PolicyError} `evaluation` when the wasm fails on it */
  templates(manifest: object): readonly Template[]
  readonly hashes: Hashes
}

export interface ReviewOptions {
  /** By which exceptions are over; without it none is. */
  readonly today?: Date
}

/** The review of these files. @throws {PolicyError} `unreadable` naming the file and what was expected */
export async function loadReview(
  files: PolicyFiles,
  settings: Settings = defaultSettings(),
  { today }: ReviewOptions = {},
): Promise<Review> {
  const source = await readPolicy(files, settings)
  const { wasm, catalogue } = source
  const { catalogue: _rows, review, ...rules } = settings
  const dated = { ...review, ...(today && { today: today.toISOString().slice(0, 10) }) }
  const { evaluate, entryPoints } = await instantiate(wasm, files.wasm, { catalogue, settings: { ...rules, review: dated } }, FINDINGS)
  const ask = (entryPoint: string, manifest: object): unknown => {
    try {
      const [answer] = evaluate(manifest, entryPoints[entryPoint] ?? 0) as { readonly result: unknown }[] // OPA's result set
      return answer?.result ?? []
    } catch (cause) {
      throw new PolicyError('evaluation', `Cannot review a manifest: the policy failed with ${said(cause)}`, { cause })
    }
  }
  return {
    findings: manifest => ask(FINDINGS, manifest) as Finding[], // the policy's tests hold its shape
    templates: manifest => ask(TEMPLATES, manifest) as Template[], // likewise
    hashes: hashesOf(source, settings),
  }
}

const FINDINGS = 'review/findings'
const TEMPLATES = 'review/templates'
