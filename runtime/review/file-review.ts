import type { Finding, Review, Severity } from '../review.ts'
import { printable } from '../printable.ts'
import { findingsOf } from './findings.ts'
import { itemsOf } from './list.ts'
import { type Manifest, manifestsOf, UnreadableText } from './manifests.ts'
import type { FileReview, FindingRecord, Place, Remark, Subject } from './record.ts'
import { isMapping } from '../mapping.ts'

/** Which findings count. */
export interface Selection {
  /** Names of rules; empty: all of them. */
  readonly rules: readonly string[]
  readonly minSeverity: Severity
}

const RANK = { error: 0, warning: 1, info: 2 } as const

/** Whether a finding counts. */
export function isSelected({ rule, severity }: Finding, { rules, minSeverity }: Selection): boolean {
  return (rules.length === 0 || rules.includes(rule)) && RANK[severity] <= RANK[minSeverity]
}

export interface TextReviewOptions {
  /** What messages call the text. */
  readonly file: string
  readonly review: Review
  readonly selection: Selection
  /** Parts of the objects elsewhere that count in the findings on these. Default: none. */
  readonly beside?: readonly object[]
  /** A text that is no manifest as far as one can see may be unreadable: it was only found beside some. */
  readonly isNamed: boolean
  /** Awaited now and then, so that whoever ends a long review is heard. @throws when it is ended */
  readonly pause?: () => Promise<void>
}

/** All that there is to say of a text, of which a few documents at a time are held as values. */
export async function reviewText(text: string, options: TextReviewOptions): Promise<FileReview> {
  const { file, beside = [] } = options
  try {
    const alone = await reviewDocuments(text, beside, options)
    if (alone.beside.length === 0) return alone
    return await reviewDocuments(text, [...beside, ...alone.beside], options)
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error
    return nothingOf(file, [unreadable(text, error, options)])
  }
}

/** Once a document counts in the findings on others no more is looked for: those before it have to be judged again. */
async function reviewDocuments(text: string, known: readonly object[], options: TextReviewOptions): Promise<FileReview> {
  const { file, review, selection, beside = [], pause } = options
  const findings: FindingRecord[] = []
  const [notes, problems]: [Remark[], Remark[]] = [[], []]
  const own: object[] = []
  const broken: UnreadableText[] = []
  let objects = 0
  for (const part of manifestsOf(text)) {
    await pause?.()
    if (part instanceof UnreadableText) {
      broken.push(part)
      continue
    }
    const { manifests, strangers } = part
    objects += count(manifests)
    notes.push(...strangers.map(({ place, what }) => note(file, place, `is ${what}, expected a Kubernetes object; passed over`)))
    own.push(...manifests.flatMap(({ value }) => review.beside(value)))
    if (beside.length + own.length > known.length) continue
    for (const manifest of manifests) {
      try {
        const found = findingsOf(review, manifest.value, known).filter(finding => isSelected(finding, selection))
        findings.push(...found.map(finding => findingRecord(finding, manifest, file)))
      } catch (error) {
        problems.push(problem(file, manifest.place([]), printable(error instanceof Error ? error.message : String(error), 400)))
      }
    }
  }
  const remarks = [...brokenRemarks(text, broken, options), ...notes, ...problems]
  return { file, isFile: true, manifests: objects, findings, remarks, diff: '', beside: own }
}

/** Objects: a List counts as those in it. */
function count(manifests: readonly Manifest[]): number {
  return manifests.reduce((sum, { value: { items } }) => sum + (Array.isArray(items) ? items.length : 1), 0)
}

/** A file, or a place that is none, of which there is only something to remark. */
export function nothingOf(file: string, remarks: readonly Remark[], isFile = true): FileReview {
  return { file, isFile, manifests: 0, findings: [], remarks, diff: '', beside: [] }
}

export function problem(file: string, place: Place | null, message: string): Remark {
  return { kind: 'problem', file, place, message }
}

export function note(file: string, place: Place | null, message: string): Remark {
  return { kind: 'note', file, place, message }
}

/** The first in full: one slip with a template often breaks all documents of a file. */
function brokenRemarks(text: string, [first, ...others]: readonly UnreadableText[], options: TextReviewOptions): readonly Remark[] {
  if (first === undefined) return []
  const remark = unreadable(text, first, options)
  const [next] = others
  if (next === undefined || remark.kind === 'note') return [remark]
  const more = `${others.length} more ${others.length === 1 ? 'document' : 'documents'} cannot be read either`
  return [remark, note(options.file, next.place, more)]
}

function unreadable(text: string, { message, place }: UnreadableText, { file, isNamed }: TextReviewOptions): Remark {
  if (isNamed || text.includes('apiVersion')) return problem(file, place, message)
  return note(file, place, `${message.split(';')[0]}; passed over, it speaks of no apiVersion`)
}

/** A finding of a manifest, with its place in the file. */
export function findingRecord(finding: Finding, manifest: Manifest, file: string): FindingRecord {
  const { path } = finding
  return {
    kind: 'finding',
    file,
    ...manifest.place(path),
    source: manifest.source(),
    build: null,
    object: subjectOf(manifest.value, path),
    ...finding,
    fixed: false,
  }
}

/** The object that a path leads into: a List's item, else the manifest itself. */
export function subjectOf(value: Readonly<Record<string, unknown>>, [list, index]: Finding['path']): Subject {
  const item = list === 'items' ? itemsOf(value)?.[Number(index)] : undefined
  const object = isMapping(item) ? item : value
  const metadata = isMapping(object['metadata']) ? object['metadata'] : {}
  return {
    apiVersion: textOr(object['apiVersion'], textOr(value['apiVersion'], '')),
    kind: textOr(object['kind'], ''),
    namespace: textOr(metadata['namespace'], null),
    name: textOr(metadata['name'], textOr(metadata['generateName'], null)),
  }
}

function textOr<T>(value: unknown, other: T): string | T {
  return typeof value === 'string' ? value : other
}
