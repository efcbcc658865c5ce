import { leanCatalogue } from './catalogue.ts'
import type { Resource } from './cluster.ts'
import { defaultSettings, type Settings } from './settings.ts'
import { isMapping, type Mapping } from './mapping.ts'
import { itemsOf } from './review/list.ts'
import { type Ask, asking, type Hashes, hashesOf, instantiate, type PolicyFiles, readPolicy } from './policy/load.ts'

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
  /**
   * Of an object, or of a small List: the policy's time grows with the square of its items. `beside` are the parts of
   * other objects that count in them. @throws {PolicyError} `evaluation` when the wasm fails on it
   */
  findings(manifest: object, beside?: readonly object[]): readonly Finding[]
  /** The parts of an object, or of the objects of a List, that count in the findings on others. @throws {PolicyError} as above */
  beside(manifest: object): readonly object[]
  /** @throws {PolicyError} `evaluation` when the wasm fails on it */
  templates(manifest: object): readonly Template[]
  /** What a review of a cluster lists, in this order. @throws {PolicyError} as above */
  resources(): readonly ReviewedResource[]
  readonly hashes: Hashes
}

/** A resource of the API that may have findings, or count in those on others. */
export interface ReviewedResource extends Resource {
  readonly kind: string
  readonly namespaced: boolean
  /** It only counts in the findings on others. */
  readonly beside: boolean
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
  const source = readPolicy(files, settings)
  const { wasm, catalogue } = source
  const { catalogue: _rows, review, ...rules } = settings
  const dated = { ...review, ...(today && { today: today.toISOString().slice(0, 10) }) }
  const data = { catalogue: leanCatalogue(catalogue, 'manifests'), settings: { ...rules, review: dated } }
  const answer = asking(await instantiate(wasm, files.wasm, data, FINDINGS), 'review a manifest')
  const ask: Ask = (entryPoint, manifest) => answer(entryPoint, manifest) ?? []
  const found = (manifest: object) => ask(FINDINGS, manifest) as Finding[] // the policy's tests hold its shape
  let hashes: Hashes | undefined
  const kindsBeside = new Set(ask(KINDS_BESIDE, {}) as string[]) // likewise
  return {
    findings: (manifest, beside = []) => (beside.length === 0 ? found(manifest) : ofFirst(found(listOf([manifest, ...beside])))),
    beside: manifest =>
      objectsIn(manifest).flatMap(object => (kindsBeside.has(object['kind'] as string) ? (ask(BESIDE, object) as object[]) : [])), // likewise
    templates: manifest => ask(TEMPLATES, manifest) as Template[], // likewise
    resources: () => ask(RESOURCES, {}) as ReviewedResource[], // likewise
    // Not every report tells them, and to make them takes as long as to review a few manifests.
    get hashes() {
      return (hashes ??= hashesOf(source, settings))
    },
  }
}

const FINDINGS = 'review/findings'
const KINDS_BESIDE = 'review/kinds_beside'
const BESIDE = 'review/beside'
const RESOURCES = 'review/resources'
const TEMPLATES = 'review/templates'

function listOf(items: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'List', items }
}

/** An object, or those of a List and of the Lists in it. */
function objectsIn(value: unknown): readonly Mapping[] {
  if (!isMapping(value)) return []
  return itemsOf(value)?.flatMap(objectsIn) ?? [value]
}

const FIRST = ['items', 0]

/** The findings on the first item of a List, as if it were alone. */
function ofFirst(findings: readonly Finding[]): readonly Finding[] {
  const own = findings.filter(({ path }) => FIRST.every((key, index) => path[index] === key))
  const pointer = `/${FIRST.join('/')}`
  return own.map(finding =>
    movedFinding(finding, {
      path: path => path.slice(FIRST.length),
      pointer: path => path.slice(pointer.length),
    }),
  )
}

/** The same finding in a larger or a smaller whole. */
export function movedFinding(
  finding: Finding,
  { path, pointer }: { readonly path: (path: Path) => Path; readonly pointer: (pointer: string) => string },
): Finding {
  const { text, patch } = finding.fix
  const moved = (one: Operation): Operation =>
    one.op === 'move' ? { ...one, path: pointer(one.path), from: pointer(one.from) } : { ...one, path: pointer(one.path) }
  return { ...finding, path: path(finding.path), fix: { text, patch: patch.map(moved) } }
}
