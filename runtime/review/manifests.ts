import { constructFromEvents, CORE_SCHEMA, type Event, mergeTag, parseEvents, YAMLException } from 'js-yaml'
import type { Path } from '../review.ts'
import { printable } from '../printable.ts'
import { hasMoreThan } from './expansion.ts'
import { type Node, offsetOf, rootNodes } from './node.ts'
import type { Place } from './record.ts'
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
/** Of one object with its aliases written out, 16 characters counted as a node: some 3 MB, twice of what a cluster would keep. */
const MAX_NODES = 200_000
const MAX_DEPTH = 200

// As kubectl reads it, `<<` merges a mapping.
const SCHEMA = CORE_SCHEMA.withTags(mergeTag)

/** The Kubernetes objects of a YAML or JSON text; other mappings are passed over. Throws UnreadableText. */
export function parseManifests(text: string): Manifests {
  const source = text.replace(/^\uFEFF/, '')
  const lines = lazy(() => lineStarts(source))
  const { events, values } = parsed(source, offset => placeOf(lines(), offset))
  const roots = lazy(() => rootNodes(source, events))
  const placed = (index: number, path: Path) => placeOf(lines(), offsetOf(nodeAt(roots(), index), path))
  const manifests: Manifest[] = []
  const strangers: { place: Place; what: string }[] = []
  for (const [index, value] of values.entries()) {
    if (value === null) continue
    if (!isMapping(value)) {
      strangers.push({ place: placed(index, []), what: Array.isArray(value) ? 'a list' : 'a plain value' })
      continue
    }
    if (typeof value['apiVersion'] !== 'string' || typeof value['kind'] !== 'string') continue
    if (objects(value).some(object => hasMoreThan(MAX_NODES, object))) throw tooLarge(placed(index, []))
    manifests.push({
      index,
      value,
      place: path => placed(index, path),
      source: () => helmSource(source, roots(), index),
    })
  }
  return { manifests, strangers }
}

/** A List's items are objects of their own. */
function objects(value: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { items, ...rest } = value
  return Array.isArray(items) ? [rest, ...(items as readonly unknown[])] : [value]
}

function tooLarge(place: Place): UnreadableText {
  return new UnreadableText(
    'is endless, or larger than a cluster would keep, with its aliases written out; write out the few that are meant',
    place,
  )
}

function parsed(
  source: string,
  placed: (offset: number) => Place,
): { readonly events: readonly Event[]; readonly values: readonly unknown[] } {
  const binary = source.indexOf('\0')
  if (binary >= 0) throw new UnreadableText('is a binary file, expected YAML or JSON', placed(binary))
  try {
    const events = parseEvents(source, { maxDepth: MAX_DEPTH })
    return { events, values: constructFromEvents(events, { source, schema: SCHEMA, maxAliases: MAX_ALIASES }) }
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const place = error.mark ? placed(error.mark.position) : null
    throw new UnreadableText(`${printable(error.reason)}; ${advice(error, source)}`, place, { cause: error })
  }
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
function advice({ reason, mark }: YAMLException, source: string): string {
  const lineEnd = source.indexOf('\n', mark?.position ?? 0)
  const upTo = source.slice(0, lineEnd < 0 ? undefined : lineEnd)
  if (/\{\{.*\}\}/.test(upTo)) return 'it looks like a template: review what it renders to, helm template CHART | sidecar-reaper review -'
  return ADVICE.find(([pattern]) => pattern.test(reason))?.[1] ?? 'correct it, or leave the file out with --ignore'
}

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

function lazy<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => (made ??= { value: make() }).value
}
