import { statSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { STDIN } from '../documents.ts'
import { lazy } from '../lazy.ts'
import type { Review } from '../review.ts'
import { type File, MAX_BYTES, nameOf, type Read, readFile, reviewBatch, type Reviewed, reviewFile } from './batch.ts'
import { nothingOf, type Selection } from './file-review.ts'
import { findFiles, type FindOptions, type Found } from './find.ts'
import { type Builder, findBuilder } from './kustomize.ts'
import type { FileReview, FindingRecord } from './record.ts'
import { type Help, inTurns } from './turns.ts'
import type { Task } from './worker.ts'

/** How long nobody is heard who wants to end a review. */
const PAUSE_MS = 50
/** Files that one helper is given at once. */
const BATCH = 8

export interface PassOptions extends Omit<FindOptions, 'canBuild' | 'pause'> {
  /** Awaited once there is something to review: to find that takes no policy. */
  readonly review: Promise<Review>
  readonly selection: Selection
  /** Mend in the files, or only show it. */
  readonly fix: 'no' | 'write' | 'diff'
  /** Which findings to mend. */
  readonly toFix: Selection
  /** Those who review beside us, where nothing is mended. Default: nobody. */
  readonly help?: Help<Task, readonly Reviewed[]> | undefined
}

/**
 * The review of each file of these arguments, in a fixed order, a few in memory at a time. What a later file says of
 * the objects of an earlier one comes at the end.
 */
export async function* reviewFiles(paths: readonly string[], options: PassOptions): AsyncGenerator<FileReview> {
  const { signal, help } = options
  const pause = pauses(signal)
  const theBuilder = lazy(() => findBuilder(signal))
  const canBuild = async () => (await theBuilder()) !== undefined
  const reported = new Set<string>()
  const pipes = new Map<Found, Read>()
  const beside: object[] = []
  const seen: Seen[] = []

  const read = async (found: FoundFile): Promise<Read> => {
    const known = pipes.get(found)
    if (known !== undefined) return known
    const text = await readFile(found.path, options.fix === 'no' ? MAX_BYTES.review : MAX_BYTES.fix, signal)
    if (!canBeReadAgain(found)) pipes.set(found, text)
    return text
  }
  const withPolicy = async (parts: readonly object[]) => ({ ...options, review: await options.review, beside: parts, pause })
  const reviewBuild = async (found: Kustomization, parts: readonly object[]) =>
    once(await buildReview(found, await theBuilder(), await withPolicy(parts)), reported)
  const reviewOne = async (found: Found, parts: readonly object[]): Promise<FileReview> => {
    await pause()
    if (found.kind === 'remark') return nothingOf(found.remark.file, [found.remark], false)
    if (found.kind === 'kustomization') return reviewBuild(found, [...parts])
    return fileReview(found, await read(found), await withPolicy(parts))
  }

  const canBeShared = (found: Found) => help !== undefined && isFile(found) && canBeReadAgain(found)
  const turns = inTurns(batches(findFiles(paths, { ...options, canBuild, pause }), canBeShared), {
    here: ({ all }) => reviewBatch(all, beside, reviewOne),
    canBeShared: ({ isShared }) => isShared,
    help:
      help &&
      (progress => help(progress)?.map(helper => ({ ...helper, take: ({ all }) => helper.take({ files: all.filter(isFile), beside }) }))),
  })
  for await (const [{ all }, reviewed] of turns) {
    for (const [index, found] of all.entries()) {
      const { review: early, known } = reviewed[index] as Reviewed // one for each
      // A file before it may have said something that was not known yet when this one was reviewed before its turn.
      const review = known === beside.length ? early : await reviewOne(found, beside)
      beside.push(...review.beside)
      if (found.kind !== 'remark') seen.push({ found, known: beside.length })
      yield review
    }
  }
  for (const { found, known } of seen) {
    if (known === beside.length) continue
    await pause()
    const findings = isFile(found)
      ? await addedFindings(found, await read(found), { ...(await withPolicy(beside)), known })
      : (await reviewBuild(found, beside)).findings
    if (findings.length > 0) yield { ...nothingOf(isFile(found) ? nameOf(found.path) : found.folder, [], false), findings }
  }
}

type FoundFile = Extract<Found, { kind: 'file' }>
type Kustomization = Extract<Found, { kind: 'kustomization' }>

function isFile(found: Found): found is FoundFile {
  return found.kind === 'file'
}

/** A file that was reviewed, and how many of the parts beside it were known then. */
interface Seen {
  readonly found: FoundFile | Kustomization
  readonly known: number
}

interface Batch {
  readonly all: readonly Found[]
  readonly isShared: boolean
}

/** What can be shared in some at once, all else alone. */
async function* batches(found: AsyncIterable<readonly Found[]>, canBeShared: (one: Found) => boolean): AsyncGenerator<Batch> {
  let all: Found[] = []
  for await (const some of found)
    for (const one of some) {
      const isShared = canBeShared(one)
      if (all.length === BATCH || (all.length > 0 && !isShared)) {
        yield { all, isShared: true }
        all = []
      }
      if (isShared) all.push(one)
      else yield { all: [one], isShared }
    }
  if (all.length > 0) yield { all, isShared: true }
}

/** Folders are only searched for files; an argument may be a pipe. */
function canBeReadAgain({ path, isNamed }: FoundFile): boolean {
  return !isNamed || (path !== STDIN && (statSync(path, { throwIfNoEntry: false })?.isFile() ?? true))
}

interface FileOptions extends Omit<PassOptions, 'review'> {
  readonly review: Review
  readonly beside: readonly object[]
  readonly pause: () => Promise<void>
}

/** What lets signals in now and then, which nothing else here waits for, and throws when one has ended the review. */
function pauses(signal: AbortSignal): () => Promise<void> {
  const now = () => process.uptime() * 1000 // to load performance takes longer than to review a file
  let last = now()
  return async () => {
    if (now() - last > PAUSE_MS) {
      await setImmediate()
      last = now()
    }
    signal.throwIfAborted()
  }
}

/** The findings that come of what was not known when a file was reviewed. */
async function addedFindings(
  found: File,
  read: Read,
  options: FileOptions & { readonly known: number },
): Promise<readonly FindingRecord[]> {
  const { known, beside } = options
  const findings = async (parts: readonly object[]) => (await fileReview(found, read, { ...options, fix: 'no', beside: parts })).findings
  const before = new Set((await findings(beside.slice(0, known))).map(identity))
  return (await findings(beside)).filter(finding => !before.has(identity(finding)))
}

async function buildReview({ folder, name }: Kustomization, builder: Builder | undefined, options: FileOptions): Promise<FileReview> {
  if (builder === undefined) return nothingOf(folder, []) // it is only found where one can be built
  return (await import('./build-review.ts')).reviewBuild({ ...options, folder, name, builder })
}

/** An overlay shows what its base showed already. */
function once(review: FileReview, reported: Set<string>): FileReview {
  const findings = review.findings.filter(finding => {
    const key = identity(finding)
    return !reported.has(key) && reported.add(key)
  })
  return { ...review, findings }
}

function identity({ file, line, column, rule, message }: FindingRecord): string {
  return JSON.stringify([file, line, column, rule, message])
}

async function fileReview(found: File, read: Read, options: FileOptions): Promise<FileReview> {
  const { path, isNamed } = found
  const { fix, toFix, cwd } = options
  if (fix === 'no' || path === STDIN || 'problem' in read) return reviewFile(found, read, options)
  return (await import('./fix-file.ts')).fixFile(read.text, { ...options, file: path, isNamed, fix, toFix, cwd })
}
