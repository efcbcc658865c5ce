import { readProblem, readText, STDIN, STDIN_NAME } from '../documents.ts'
import type { Review } from '../review.ts'
import { UsageError } from '../usage.ts'
import { nothingOf, problem, reviewText, type Selection } from './file-review.ts'
import { findFiles, type FindOptions, type Found } from './find.ts'
import { type Builder, findBuilder } from './kustomize.ts'
import type { FileReview } from './record.ts'

/** A larger file is refused: with its values and places it takes some thirty times its size of memory. */
const MAX_BYTES = 32 * 1024 * 1024
/** Files that are read while one is reviewed. */
const READ_AHEAD = 4

export interface PassOptions extends Omit<FindOptions, 'canBuild'> {
  readonly review: Review
  readonly selection: Selection
  /** Mend in the files, or only show it. */
  readonly fix: 'no' | 'write' | 'diff'
  /** Which findings to mend. */
  readonly toFix: Selection
}

/** The review of each file of these arguments, in a fixed order, a few in memory at a time. */
export async function* reviewFiles(paths: readonly string[], options: PassOptions): AsyncGenerator<FileReview> {
  const { signal } = options
  let builder: Promise<Builder | undefined> | undefined
  const theBuilder = () => (builder ??= findBuilder(signal))
  const canBuild = async () => (await theBuilder()) !== undefined
  const reported = new Set<string>()
  for await (const { found, text } of ahead(findFiles(paths, { ...options, canBuild }), one => textOf(one, signal))) {
    const read = await text
    signal.throwIfAborted()
    if (found.kind === 'remark') yield nothingOf(found.remark.file, [found.remark], false)
    else if (found.kind === 'file') yield await fileReview(found, read, options)
    else yield once(await buildReview(found, await theBuilder(), options), reported)
  }
}

async function buildReview(
  { folder, name }: Extract<Found, { kind: 'kustomization' }>,
  builder: Builder | undefined,
  options: PassOptions,
): Promise<FileReview> {
  if (builder === undefined) return nothingOf(folder, []) // it is only found where one can be built
  return (await import('./build-review.ts')).reviewBuild({ ...options, folder, name, builder })
}

/** An overlay shows what its base showed already. */
function once(review: FileReview, reported: Set<string>): FileReview {
  const findings = review.findings.filter(({ file, line, column, rule, message }) => {
    const key = JSON.stringify([file, line, column, rule, message])
    return !reported.has(key) && reported.add(key)
  })
  return { ...review, findings }
}

async function fileReview({ path, isNamed }: Extract<Found, { kind: 'file' }>, read: Read, options: PassOptions): Promise<FileReview> {
  const { review, selection, fix, toFix, cwd } = options
  const file = nameOf(path)
  if ('problem' in read) return nothingOf(file, [problem(file, null, read.problem)])
  const about = { file, review, selection, isNamed }
  if (fix === 'no' || path === STDIN) return reviewText(read.text, about)
  return (await import('./fix-file.ts')).fixFile(read.text, { ...about, fix, toFix, cwd })
}

function nameOf(path: string): string {
  return path === STDIN ? STDIN_NAME : path
}

type Read = { readonly text: string } | { readonly problem: string }

/** Never rejects, so that it may be awaited later. */
async function textOf(found: Found, signal: AbortSignal): Promise<Read> {
  if (found.kind !== 'file') return { text: '' }
  try {
    return { text: await readText(found.path, { maxBytes: MAX_BYTES, signal }) }
  } catch (error) {
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

/** Each thing with a promise that was started a few things before. */
async function* ahead<T, U>(things: AsyncIterable<T>, start: (thing: T) => Promise<U>): AsyncGenerator<{ found: T; text: Promise<U> }> {
  const started: { found: T; text: Promise<U> }[] = []
  for await (const found of things) {
    started.push({ found, text: start(found) })
    if (started.length > READ_AHEAD) yield started.shift() as (typeof started)[number] // it has some
  }
  yield* started
}
