import { boolYaml11Tag, constructFromEvents, CORE_SCHEMA, type Event, mergeTag, parseEvents, YAMLException } from 'js-yaml'
import type { Path } from '../review.ts'
import { hasMoreThan, MAX_NODES, TOO_LARGE } from '../expansion.ts'
import { lazy } from '../lazy.ts'
import { printable } from '../printable.ts'
import { type Node, offsetOf, rootNodes } from './node.ts'
import type { Place } from './record.ts'
import { type Stretch, stretches } from './stretches.ts'
import { isMapping } from '../mapping.ts'

/** A document of a text that is a Kubernetes object, or a List of them. */
export interface Manifest {
  /** Its number in the stream, from 0; empty documents count. */
  readonly index: number
  readonly value: Readonly<Record<string, unknown>>
  /** Where a path of it is written, or the last part of it that is. */
  place(path: Path): Place
  /** The template that it was rendered from, as Helm says it: `# Source: chart/templates/job.yaml`. */
  source(): string | null
}

/** What a text holds. */
export interface Manifests {
  readonly manifests: readonly Manifest[]
  /** Documents that are no mapping, so no object of Kubernetes. */
  readonly strangers: readonly { readonly place: Place; readonly what: string }[]
}

/** A text that is no YAML or JSON that can be reviewed: what was found and what would do. */
export class UnreadableText extends Error {
  readonly place: Place | null

  constructor(message: string, place: Place | null, options?: ErrorOptions) {
    super(message, options)
    this.name = 'UnreadableText'
    this.place = place
  }
}

/** Aliases in one document; more is a bomb, not a manifest. */
const MAX_ALIASES = 1000
const MAX_DEPTH = 200

// As kubectl reads it, `<<` merges a mapping, and yes, no, on, off, y and n are booleans (sigs.k8s.io/yaml, goyaml.v2/resolve.go).
const SCHEMA = CORE_SCHEMA.withTags(mergeTag, boolYaml11Tag)

/** A larger document is refused: with its values and places it takes some thirty times its size of memory. */
const MAX_DOCUMENT = 32 * 1024 * 1024

/** The Kubernetes objects of a YAML or JSON text; other mappings are passed over. Throws UnreadableText. */
export function parseManifests(text: string): Manifests {
  const parts = [...manifestsOf(text)].map(part => {
    if (part instanceof UnreadableText) throw part
    return part
  })
  return { manifests: parts.flatMap(({ manifests }) => manifests), strangers: parts.flatMap(({ strangers }) => strangers) }
}

/**
 * The same, a few documents at a time: whoever keeps none of them needs memory for the text and for those few only. A
 * document that cannot be read is given as its error, and the others all the same. Throws UnreadableText for what has no documents.
 */
export function* manifestsOf(text: string): Generator<Manifests | UnreadableText> {
  const source = text.replace(/^\uFEFF/, '')
  const lines = lazy(() => lineStarts(source))
  const place = (offset: number) => placeOf(lines(), offset)
  const binary = source.indexOf('\0')
  if (binary >= 0) throw new UnreadableText('is a binary file, expected YAML or JSON', place(binary))
  let documents = 0
  for (const stretch of stretches(source)) {
    if (stretch.text.length > MAX_DOCUMENT) throw new UnreadableText(TOO_LONG, place(stretch.start))
    for (const part of readable(stretch, { source, place })) {
      if (part instanceof UnreadableText) {
        yield part
        documents++
        continue
      }
      const { text, start, events, values } = part
      const roots = lazy(() => rootNodes(text, events))
      const placed = (index: number, path: Path) => place(start + Math.max(offsetOf(nodeAt(roots(), index), path), 0))
      const hasSources = lazy(() => text.includes(HELM_SOURCE))
      const sourceOf = (index: number) => (hasSources() ? helmSource(text, roots(), index) : null)
      const mayBeLarge = text.length > MAX_NODES / 2 || text.includes('*') // a node counts two for a character, at most
      yield manifestsAmong(values, { before: documents, mayBeLarge, placed, sourceOf })
      documents += values.length
    }
  }
}

/** A stretch as values, or its documents one by one where that cannot be. */
function* readable(
  stretch: Stretch,
  { source, place }: { readonly source: string; readonly place: (offset: number) => Place },
): Generator<(Parsed & Stretch) | UnreadableText> {
  try {
    yield { ...stretch, ...parsed(source, stretch, place) }
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error
    const [first, ...others] = [...stretches(stretch.text, 0)].map(one => ({ ...one, start: stretch.start + one.start }))
    if (first === undefined || others.length === 0) yield error
    else for (const one of [first, ...others]) yield* readable(one, { source, place })
  }
}

const TOO_LONG = 'has a document of more than 32 MiB from here on; split it, one document for each object'

interface Surroundings {
  /** How many documents of the stream come before these. */
  readonly before: number
  /** Whether one of them may be larger than it is written: without aliases a value has no more nodes than characters. */
  readonly mayBeLarge: boolean
  readonly placed: (index: number, path: Path) => Place
  readonly sourceOf: (index: number) => string | null
}

function manifestsAmong(values: readonly unknown[], { before, mayBeLarge, placed, sourceOf }: Surroundings): Manifests {
  const manifests: Manifest[] = []
  const strangers: { place: Place; what: string }[] = []
  for (const [index, value] of values.entries()) {
    if (value === null) continue
    if (!isMapping(value)) {
      strangers.push({ place: placed(index, []), what: Array.isArray(value) ? 'a list' : 'a plain value' })
      continue
    }
    if (typeof value['apiVersion'] !== 'string' || typeof value['kind'] !== 'string') continue
    if (mayBeLarge && objects(value).some(object => hasMoreThan(MAX_NODES, object))) throw new UnreadableText(TOO_LARGE, placed(index, []))
    manifests.push({ index: before + index, value, place: path => placed(index, path), source: () => sourceOf(index) })
  }
  return { manifests, strangers }
}

/** A List's items are objects of their own. */
function objects(value: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { items, ...rest } = value
  return Array.isArray(items) ? [rest, ...(items as readonly unknown[])] : [value]
}

interface Parsed {
  readonly events: readonly Event[]
  readonly values: readonly unknown[]
}

/** @throws {UnreadableText} with the place in the stream */
function parsed(source: string, { text, start }: Stretch, placed: (offset: number) => Place): Parsed {
  try {
    return read(text)
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const { reason, mark } = asStream(error, source.slice(start, start + text.length + '---'.length))
    const offset = start + (mark?.position ?? 0)
    const message = `${printable(reason)}; ${advice(reason, source, offset)}`
    throw new UnreadableText(message, mark ? placed(offset) : null, { cause: error })
  }
}

/** The error as the whole stream gives it: what is still open at the end of a stretch meets the next document there. */
function asStream(error: YAMLException, text: string): YAMLException {
  try {
    read(text)
    return error
  } catch (other) {
    return other instanceof YAMLException ? other : error
  }
}

/** @throws {YAMLException} */
function read(text: string): Parsed {
  const events = parseEvents(text, { maxDepth: MAX_DEPTH })
  return { events, values: constructFromEvents(events, { source: text, schema: SCHEMA, maxAliases: MAX_ALIASES }) }
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^tab characters/, 'indent with spaces'],
  [/^duplicated mapping key/, 'keep one of them: readers differ in which one they take'],
  [/^aliases exceeded/, 'write out the few that are meant'],
  [/^merge keys exceeded/, 'write out the few that are meant'],
  [/^unidentified alias/, 'an anchor must stand before it in the same document'],
  [/^unknown .* tag/, 'kubectl knows no such tag, leave it out'],
  [/^nesting exceeded/, 'no manifest is so deep'],
]

/** Go templates are no YAML; their braces are what stands out. */
function advice(reason: string, source: string, offset: number): string {
  const lineEnd = source.indexOf('\n', offset)
  const upTo = source.slice(0, lineEnd < 0 ? undefined : lineEnd)
  if (/\{\{.*\}\}/.test(upTo)) return 'it looks like a template: review what it renders to, helm template CHART | sidecar-reaper review -'
  return ADVICE.find(([pattern]) => pattern.test(reason))?.[1] ?? 'correct it, or leave the file out with --ignore'
}

const HELM_SOURCE = '# Source: '

function helmSource(source: string, roots: readonly Node[], index: number): string | null {
  const end = Math.max(nodeAt(roots, index).start, 0)
  const before = roots[index - 1]
  const between = source.slice(Math.max(before?.start ?? 0, 0), end)
  const afterMark = between.slice(between.lastIndexOf('\n---') + 1)
  return /^# Source: (\S.*?)\s*$/m.exec(afterMark)?.[1] ?? null
}

function nodeAt(roots: readonly Node[], index: number): Node {
  const root = roots[index]
  if (root === undefined) throw new RangeError(`Cannot find document ${index + 1} of a text with ${roots.length}`)
  return root
}

function lineStarts(text: string): readonly number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function placeOf(starts: readonly number[], offset: number): Place {
  let [low, high] = [0, starts.length]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return { line: low + 1, column: Math.max(offset, 0) - (starts[low] ?? 0) + 1 }
}
