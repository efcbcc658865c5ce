import { readProblem, readText, STDIN, STDIN_NAME } from '../documents.ts'
import type { Review } from '../review.ts'
import { UsageError } from '../usage.ts'
import { nothingOf, problem, reviewText, type Selection } from './file-review.ts'
import type { FileReview } from './record.ts'

/** A file to review. */
export interface File {
  readonly path: string
  /** By whoever asks for the review, not found in a folder. */
  readonly isNamed: boolean
}

export type Read = { readonly text: string } | { readonly problem: string }

/** The review of a file, and how many parts of other objects were known for it. */
export interface Reviewed {
  readonly review: FileReview
  readonly known: number
}

/** One after the other; what one of them says of the objects of others counts in those after it, beside what is known already. */
export async function reviewBatch<F>(
  batch: readonly F[],
  beside: readonly object[],
  reviewOne: (one: F, beside: readonly object[]) => Promise<FileReview>,
): Promise<readonly Reviewed[]> {
  const parts = [...beside]
  const all: Reviewed[] = []
  for (const one of batch) {
    const review = await reviewOne(one, parts)
    all.push({ review, known: parts.length })
    parts.push(...review.beside)
  }
  return all
}

export interface ReviewFileOptions {
  readonly review: Review
  readonly selection: Selection
  readonly beside: readonly object[]
  /** As for a text. */
  readonly pause?: () => Promise<void>
}

/** The review of what was read of a file. */
export async function reviewFile({ path, isNamed }: File, read: Read, options: ReviewFileOptions): Promise<FileReview> {
  const file = nameOf(path)
  if ('problem' in read) return nothingOf(file, [problem(file, null, read.problem)])
  return reviewText(read.text, { ...options, file, isNamed })
}

/** What messages call a file. */
export function nameOf(path: string): string {
  return path === STDIN ? STDIN_NAME : path
}

/** A larger file is refused: its text is held in memory, and to be mended all its values too, some thirty times its size. */
export const MAX_BYTES = { review: 64 * 1024 * 1024, fix: 32 * 1024 * 1024 } as const

/** The text of a file, or why there is none and what to do. @throws when the signal ends the wait for it */
export async function readFile(path: string, maxBytes: number, signal?: AbortSignal): Promise<Read> {
  try {
    return { text: await readText(path, { maxBytes, signal }) }
  } catch (error) {
    signal?.throwIfAborted()
    return { problem: advised(readProblem(error instanceof UsageError ? error.cause : error)) }
  }
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/^is larger/, 'split it, one file for each object'],
  [/^is not UTF-8/, 'if it is a manifest, save it as UTF-8, else leave it out with --ignore'],
  [/^no such file/, 'check the path'],
  [/^permission denied/, 'make it readable, or leave it out with --ignore'],
]

function advised(reason: string): string {
  const advice = ADVICE.find(([pattern]) => pattern.test(reason))?.[1]
  return advice === undefined ? reason : `${reason}; ${advice}`
}
