import type { Finding, Review, Severity } from '../review.ts'
import { printable } from '../printable.ts'
import { findingsOf } from './findings.ts'
import { type Manifest, type Manifests, parseManifests, UnreadableText } from './manifests.ts'
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
  /** A text that is no manifest as far as one can see may be unreadable: it was only found beside some. */
  readonly isNamed: boolean
}

/** All that there is to say of a text. */
export function reviewText(text: string, options: TextReviewOptions): FileReview {
  const { file, review, selection } = options
  let parsed: Manifests
  try {
    parsed = parseManifests(text)
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error
    return nothingOf(file, [unreadable(text, error, options)])
  }
  const findings: FindingRecord[] = []
  const remarks: Remark[] = parsed.strangers.map(({ place, what }) =>
    note(file, place, `is ${what}, expected a Kubernetes object; passed over`),
  )
  for (const manifest of parsed.manifests) {
    try {
      const found = findingsOf(review, manifest.value).filter(finding => isSelected(finding, selection))
      findings.push(...found.map(finding => findingRecord(finding, manifest, file)))
    } catch (error) {
      remarks.push(problem(file, manifest.place([]), printable(error instanceof Error ? error.message : String(error), 400)))
    }
  }
  return { file, isFile: true, manifests: count(parsed.manifests), findings, remarks, diff: '' }
}

/** Objects: a List counts as those in it. */
function count(manifests: readonly Manifest[]): number {
  return manifests.reduce((sum, { value: { items } }) => sum + (Array.isArray(items) ? items.length : 1), 0)
}

/** A file, or a place that is none, of which there is only something to remark. */
export function nothingOf(file: string, remarks: readonly Remark[], isFile = true): FileReview {
  return { file, isFile, manifests: 0, findings: [], remarks, diff: '' }
}

export function problem(file: string, place: Place | null, message: string): Remark {
  return { kind: 'problem', file, place, message }
}

export function note(file: string, place: Place | null, message: string): Remark {
  return { kind: 'note', file, place, message }
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
function subjectOf(value: Readonly<Record<string, unknown>>, [list, index]: Finding['path']): Subject {
  const items = value['items']
  const item: unknown = list === 'items' && Array.isArray(items) ? items[Number(index)] : undefined
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
