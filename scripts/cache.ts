import { createHash } from 'node:crypto'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** The folder in the user's cache where a tool of that name is kept once it is made; another for each text that pins it. */
export function cacheFolder(name: string, pinned: string | Buffer): string {
  const key = createHash('sha256').update(pinned).digest('hex').slice(0, 12)
  return join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sidecar-reaper', `${name}-${key}`)
}

/** Makes a file or folder: beside its place and then renamed, so that two at once never leave half of it. `part`: what has to be there, itself by default. */
export async function makeInPlace(path: string, make: (unfinished: string) => Promise<void>, part: string = path): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  const unfinished = `${path}.${process.pid}`
  try {
    await make(unfinished)
    await rename(unfinished, path).catch(async (error: unknown) => {
      if (!(await exists(part))) throw error // else another run was first
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}

/** Whether there is such a file or folder. */
export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
