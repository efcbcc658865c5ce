import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file that goes when it is disposed of. */
export interface TemporaryFile extends AsyncDisposable {
  readonly path: string
}

/** A file of this name and content, in a folder of its own. */
export async function temporaryFile(name: string, content: string): Promise<TemporaryFile> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-bench-'))
  const path = join(folder, name)
  await writeFile(path, content)
  return { path, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** Settings for `--settings`. */
export function settingsFile(settings: object): Promise<TemporaryFile> {
  return temporaryFile('settings.json', JSON.stringify(settings))
}
