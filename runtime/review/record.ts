import type { Hashes } from '../policy/load.ts'
import type { Finding } from '../review.ts'

/** A place in a text, both from 1; columns in UTF-16 code units, as editors and SARIF count them. */
export interface Place {
  readonly line: number
  readonly column: number
}

/** The object that a finding is about, as far as it says. */
export interface Subject {
  readonly apiVersion: string
  readonly kind: string
  readonly namespace: string | null
  readonly name: string | null
}

/** A finding with the file and the place that it is about. */
export interface FindingRecord extends Finding {
  readonly kind: 'finding'
  /** Of an object that lives in a cluster: its namespace, kind and name. */
  readonly file: string
  /** As in a Place; null in a cluster, where nothing is written on lines. */
  readonly line: number | null
  readonly column: number | null
  /** The template that Helm rendered it from, null elsewhere. */
  readonly source: string | null
  /** The folder whose kustomization built the object, null where it is as it is written. */
  readonly build: string | null
  readonly object: Subject
  /** Mended in the file: its place is that of before. */
  readonly fixed: boolean
}

/** Where a finding is in its file, null in a cluster. */
export function placeOf({ line, column }: FindingRecord): Place | null {
  return line === null || column === null ? null : { line, column }
}

/** What kept something from being reviewed, or is worth a word: a problem fails the review, a note does not. */
export interface Remark {
  readonly kind: 'problem' | 'note'
  readonly file: string
  readonly place: Place | null
  /** What was found, then what would do. */
  readonly message: string
}

/** All that there is to say of one file, or of one kustomization. */
export interface FileReview {
  readonly file: string
  /** False for a remark on a place that is no file to review. */
  readonly isFile: boolean
  /** How many Kubernetes objects it holds. */
  readonly manifests: number
  readonly findings: readonly FindingRecord[]
  readonly remarks: readonly Remark[]
  /** What --diff would change, as a unified diff; empty when that is nothing. */
  readonly diff: string
  /** The parts of its objects that count in the findings on others. */
  readonly beside: readonly object[]
}

/** Counts of a whole review. */
export interface ReviewSummary {
  readonly kind: 'summary'
  readonly files: number
  readonly manifests: number
  /** By severity, those left that were neither fixed nor excepted. */
  readonly error: number
  readonly warning: number
  readonly info: number
  readonly fixed: number
  /** Somebody said why they may stay. */
  readonly excepted: number
  readonly problems: number
  readonly notes: number
  readonly policy: Hashes
}
