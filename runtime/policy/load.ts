import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type Catalogue, indexCatalogue } from '../catalogue.ts'
import { type Settings, settingsHash } from '../settings.ts'
import { PolicyError, said } from './error.ts'
import { type Evaluator, loadEvaluator } from './evaluator.ts'

export interface PolicyFiles {
  readonly wasm: URL | string
  readonly catalogue: URL | string
}

/** The files of a compiled policy, read and checked. */
export interface PolicySource {
  readonly wasm: Buffer
  /** The built-in rows with those of the settings. */
  readonly catalogue: Catalogue
}

/** The compiled policy, and its catalogue with the rows of the settings. @throws {PolicyError} `unreadable` naming the file and what was expected */
export function readPolicy(files: PolicyFiles, settings: Settings): PolicySource {
  const wasm = read(files.wasm)
  return { wasm, catalogue: withRows(parseCatalogue(read(files.catalogue), files.catalogue), settings) }
}

/** sha256 of each part of a policy, hexadecimal. */
export interface Hashes {
  readonly wasm: string
  readonly catalogue: string
  readonly settings: string
  /** Policies of somebody else that judged too. */
  readonly others?: readonly { readonly file: string; readonly sha256: string }[]
}

/** The hashes of a policy with these settings. */
export function hashesOf({ wasm, catalogue }: PolicySource, settings: Settings): Hashes {
  return { wasm: sha256(wasm), catalogue: sha256(Buffer.from(JSON.stringify(catalogue))), settings: settingsHash(settings) }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** The wasm of that file with its data, ready for one entry point. @throws {PolicyError} `unreadable` naming the file and what was expected */
export async function instantiate(wasm: Buffer, file: URL | string, data: object, entryPoint: string): Promise<Evaluator> {
  const evaluator = await loadEvaluator(new Uint8Array(wasm), data).catch((cause: unknown) => {
    throw unreadable(file, `it is no policy compiled by opa build -t wasm: ${said(cause)}`, cause)
  })
  if (!(evaluator.abi >= 2)) throw unreadable(file, `its OPA wasm ABI is 1.${evaluator.abi}, expected 1.2 or later`)
  if (!(entryPoint in evaluator.entryPoints)) throw unreadable(file, `it has no entry point ${entryPoint}`)
  return evaluator
}

/** Puts an input to an entry point; undefined: it gives no answer. @throws {PolicyError} `evaluation` when the wasm fails on it */
export type Ask = (entryPoint: string, input: object) => unknown

/** How an evaluator is asked; `task` is what fails with it, as in `judge a pod`. */
export function asking({ evaluate, entryPoints }: Evaluator, task: string): Ask {
  return (entryPoint, input) => {
    try {
      const [answer] = evaluate(input, entryPoints[entryPoint] ?? 0) as { readonly result: unknown }[] // OPA's result set
      return answer?.result
    } catch (cause) {
      throw new PolicyError('evaluation', `Cannot ${task}: the policy failed with ${said(cause)}`, { cause })
    }
  }
}

function read(file: URL | string): Buffer {
  try {
    return readFileSync(file)
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException // as node:fs throws
    throw unreadable(file, code ?? message, cause)
  }
}

function parseCatalogue(text: Buffer, file: URL | string): Catalogue {
  try {
    const { catalogue } = JSON.parse(text.toString()) as { catalogue?: Catalogue } // written by our own build, checked there
    if (catalogue?.rows && catalogue.by_name && catalogue.by_prefix && catalogue.by_image && catalogue.by_mark && catalogue.wrappers)
      return catalogue
  } catch (cause) {
    throw unreadable(file, said(cause), cause)
  }
  throw unreadable(file, 'it has no key catalogue with rows and their indexes')
}

function withRows(catalogue: Catalogue, settings: Settings): Catalogue {
  if (Object.keys(settings.catalogue).length === 0) return catalogue
  return indexCatalogue({ ...settings.catalogue, ...catalogue.rows, ...settings.catalogue }) // theirs are recognised first
}

function unreadable(file: URL | string, why: string, cause?: unknown): PolicyError {
  const path = file instanceof URL ? file.pathname : file
  return new PolicyError('unreadable', `Cannot load the policy from ${path}: ${why}`, { cause })
}
