import { dirname, isAbsolute, join } from 'node:path'
import type * as z from 'zod/mini'
import { documents, fileName, readText, STDIN } from '../documents.ts'
import { isMapping, type Mapping } from '../mapping.ts'
import { printable } from '../printable.ts'
import { findFiles, type Found } from '../review/find.ts'
import type { Settings } from '../settings.ts'
import { parseSettings } from '../settings/file.ts'
import { decodeSettings } from '../settings/decode.ts'
import { problems } from '../settings/problems.ts'
import { UsageError } from '../usage.ts'
import { manifestExpectation, type ManifestExpectation, podExpectation, type PodExpectation } from './schema.ts'

/** One expectation with all that it is judged by. */
export type Case = { readonly file: string; readonly name: string; readonly now: Date; readonly settings: Settings } & (
  | { readonly of: 'pod'; readonly subject: Subject; readonly expectation: PodExpectation }
  | { readonly of: 'manifest'; readonly subject: Subject; readonly expectation: ManifestExpectation }
)

/** What is judged: a value, or the text of a file. */
export type Subject =
  | { readonly kind: 'value'; readonly value: Mapping; readonly name: string }
  | { readonly kind: 'text'; readonly text: string; readonly name: string }

export interface CasesOptions {
  /** For expectations without settings of their own. */
  readonly settings: Settings
  readonly cwd: string
  readonly now: Date
  readonly signal: AbortSignal
}

const MAX_BYTES = 32 * 1024 * 1024

/**
 * The expectations of files, and of folders with all below them; a Kubernetes object is none, so it may stand beside them.
 * Throws UsageError with every mistake in all of them, and where there is no expectation at all.
 */
export async function readCases(paths: readonly string[], options: CasesOptions): Promise<readonly Case[]> {
  const { cwd, signal } = options
  const cases: Case[] = []
  const mistakes: string[] = []
  const all: Found[] = []
  for await (const some of findFiles(paths, { cwd, signal, ignore: [], canBuild: async () => false })) all.push(...some)
  for (const found of all) {
    if (found.kind === 'kustomization') continue // it is only found where one can be built
    if (found.kind === 'remark') {
      if (found.remark.kind === 'problem') mistakes.push(`${printable(found.remark.file, 4096)}: ${found.remark.message}`)
      continue
    }
    await noting(mistakes, async () => {
      const text = await readText(found.path, { maxBytes: MAX_BYTES, signal })
      if (!found.isNamed && !EXPECTING.test(text)) return
      const written = documents(text, { name: fileName(found.path) }).filter(one => (found.isNamed ? !isObject(one) : isExpectation(one)))
      if (found.isNamed && written.length === 0) throw new UsageError(`${fileName(found.path)}: holds no expectation`)
      for (const [index, value] of written.entries())
        await noting(mistakes, async () => void cases.push(await decoded(value, found.path, index, options)))
    })
  }
  if (mistakes.length > 0) throw new UsageError(mistakes)
  if (cases.length === 0) throw new UsageError(['error: there is no expectation: name files, or folders with .yaml, .yml or .json files'])
  return cases
}

async function noting(mistakes: string[], act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    mistakes.push(...error.problems)
  }
}

/** What a text has that may hold one. */
const EXPECTING = /\b(?:expect|pod|manifest)["']?\s*:/

/** In a folder with other files. One with a mistake in it is one too, so that it is told. */
function isExpectation(value: unknown): boolean {
  return !isObject(value) && isMapping(value) && ['expect', 'pod', 'manifest'].some(key => key in value)
}

function isObject(value: unknown): boolean {
  return isMapping(value) && typeof value['apiVersion'] === 'string' && typeof value['kind'] === 'string'
}

async function decoded(value: unknown, file: string, index: number, options: CasesOptions): Promise<Case> {
  const called = isMapping(value) && typeof value['name'] === 'string' ? printable(value['name'], 100) : `expectation ${index + 1}`
  const at = `${fileName(file)}: ${called}`
  if (!isMapping(value)) throw new UsageError(`${at}: got ${Array.isArray(value) ? 'a list' : 'a plain value'}, expected a mapping`)
  const [hasPod, hasManifest] = [value['pod'], value['manifest']].map(one => one !== undefined)
  if (hasPod === hasManifest)
    throw new UsageError(`${at}: got ${hasPod ? 'both' : 'neither'} of pod and manifest, expected one: what is to be judged`)
  const about = async ({ now, settings, subject }: { now?: string | undefined; settings?: Inline | undefined; subject: Inline }) => ({
    file: fileName(file),
    now: now === undefined ? options.now : new Date(now),
    settings: settings === undefined ? options.settings : await ownSettings(settings, file, at),
    subject: await subjectOf(subject, file, { name: at, signal: options.signal }),
  })
  if (hasPod) {
    const expectation = checked(podExpectation, value, at)
    return { of: 'pod', name: expectation.name, expectation, ...(await about({ ...expectation, subject: expectation.pod })) }
  }
  const expectation = checked(manifestExpectation, value, at)
  return { of: 'manifest', name: expectation.name, expectation, ...(await about({ ...expectation, subject: expectation.manifest })) }
}

type Inline = string | Mapping

function checked<T extends z.ZodMiniObject>(schema: T, value: unknown, at: string): z.output<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw new UsageError(
    problems(value, parsed.error.issues, Object.keys(schema.shape)).map(problem => `${at}: ${problem}`),
    { cause: parsed.error },
  )
}

async function ownSettings(settings: Inline, file: string, at: string): Promise<Settings> {
  if (typeof settings !== 'string') return decodeSettings(settings, `${at}: settings`)
  return parseSettings(await textOf(settings, file, { name: at }), fileName(besides(settings, file)))
}

async function subjectOf(
  subject: Inline,
  file: string,
  options: { readonly name: string; readonly signal: AbortSignal },
): Promise<Subject> {
  if (typeof subject !== 'string') return { kind: 'value', value: subject, name: options.name }
  return { kind: 'text', text: await textOf(subject, file, options), name: fileName(besides(subject, file)) }
}

async function textOf(
  path: string,
  file: string,
  { name, signal }: { readonly name: string; readonly signal?: AbortSignal },
): Promise<string> {
  try {
    return await readText(besides(path, file), { maxBytes: MAX_BYTES, signal })
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(`${name}: ${error.problems.join('; ')}`, { cause: error }) : error
  }
}

/** A file that an expectation names is searched from the expectation's folder. */
function besides(path: string, file: string): string {
  return isAbsolute(path) ? path : join(file === STDIN ? '' : dirname(file), path)
}
