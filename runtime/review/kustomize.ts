import { execFile, type ExecFileOptions } from 'node:child_process'
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

/** Builds kustomizations with what is installed. */
export interface Builder {
  /** The objects that come of a folder, each with its origin. @throws {Error} with what the program said */
  build(folder: string, signal: AbortSignal): Promise<Build>
}

export interface Build {
  readonly text: string
  /** What paths of origins are relative to. */
  readonly base: string
}

/** Each with its arguments before the folder. */
const PROGRAMS = [
  ['kustomize', 'build'],
  ['kubectl', 'kustomize'],
] as const

const MAX_BYTES = 32 * 1024 * 1024
/** Remote resources are fetched. */
const TIMEOUT_MS = 120_000

/** kustomize, or kubectl with kustomize in it; undefined where neither is on PATH. */
export async function findBuilder(signal: AbortSignal): Promise<Builder | undefined> {
  for (const [program, command] of PROGRAMS) {
    if (await isThere(program, command, signal)) return { build: (folder, ending) => build([program, command], folder, ending) }
  }
  return undefined
}

async function isThere(program: string, command: string, signal: AbortSignal): Promise<boolean> {
  return run(program, [command, '--help'], { signal, timeout: TIMEOUT_MS }).then(
    () => true,
    () => {
      signal.throwIfAborted()
      return false
    },
  )
}

/** Built as the only resource of a kustomization that asks for origins, so that nothing in the folder has to change for it. */
async function build([program, command]: readonly [string, string], folder: string, signal: AbortSignal): Promise<Build> {
  const base = await realpath(await mkdtemp(join(tmpdir(), 'sidecar-reaper-')))
  const options = { signal, maxBuffer: MAX_BYTES, timeout: TIMEOUT_MS }
  try {
    const resource = relative(base, await realpath(resolve(folder)))
    await writeFile(join(base, 'kustomization.yaml'), JSON.stringify({ resources: [resource], buildMetadata: ['originAnnotations'] }))
    const { stdout } = await run(program, [command, base], options)
    return { text: stdout, base }
  } catch {
    signal.throwIfAborted()
    // Its mistakes in its own words, without our folder in them.
    await run(program, [command, folder], options)
    throw new Error('it cannot be built as a resource of another kustomization')
  } finally {
    await rm(base, { recursive: true, force: true })
  }
}

// Whatever starts a program is loaded only when one is started.
async function run(program: string, args: readonly string[], options: ExecFileOptions): Promise<{ readonly stdout: string }> {
  return promisify(execFile)(program, args, { ...options, encoding: 'utf8' })
}
