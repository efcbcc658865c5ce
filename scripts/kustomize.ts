import { execFile } from 'node:child_process'
import { mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

// kubectl's own kustomize runs no functions.

const MODULE = 'sigs.k8s.io/kustomize/kustomize/v5'
const VERSION = 'v5.8.2'

/** The path of the pinned kustomize: from the cache, or built there by Go (a minute or two, once). */
export async function pinnedKustomize(): Promise<string> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const folder = join(cache, 'sidecar-reaper', `kustomize-${VERSION}`)
  const binary = join(folder, 'kustomize')
  if (!(await runs(binary))) await build(binary, folder)
  return binary
}

async function runs(binary: string): Promise<boolean> {
  return promisify(execFile)(binary, ['version']).then(
    () => true,
    () => false,
  )
}

// Built beside its place and then renamed, so that two builds at once never leave half a file.
async function build(binary: string, folder: string): Promise<void> {
  const unfinished = join(folder, `${process.pid}`)
  await mkdir(unfinished, { recursive: true })
  console.error(`Building kustomize with Go into ${folder}; this takes a minute or two, once`)
  await promisify(execFile)('go', ['install', `${MODULE}@${VERSION}`], { env: { ...process.env, GOBIN: unfinished, GOFLAGS: '' } }).catch(
    (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'ENOENT') throw cause
      throw new Error('Cannot build kustomize: there is no go on the PATH; install Go from https://go.dev/dl', { cause })
    },
  )
  await rename(join(unfinished, 'kustomize'), binary)
  await rm(unfinished, { recursive: true })
}
