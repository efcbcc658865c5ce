import { randomUUID } from 'node:crypto'
import { open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Puts another text in the place of a file's, whole or not at all; links and rights stay. @throws {RangeError} when the file is not as it was read, Error of node:fs */
export async function replaceFile(path: string, before: string, after: string): Promise<void> {
  const place = await realpath(path)
  const { mode } = await stat(place)
  const draft = join(dirname(place), `.${randomUUID()}.tmp`)
  try {
    const file = await open(draft, 'wx', mode)
    try {
      await file.chmod(mode)
      await file.writeFile(after)
      await file.sync()
    } finally {
      await file.close()
    }
    if (!(await readFile(place)).equals(Buffer.from(before))) throw new RangeError('the file was changed meanwhile')
    await rename(draft, place)
  } finally {
    await rm(draft, { force: true })
  }
}
