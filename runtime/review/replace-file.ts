import { randomUUID } from 'node:crypto'
import { copyFile, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const MARK = Buffer.from('\uFEFF')

/** Puts another text in the place of a file's, whole or not at all; links and rights stay. @throws {RangeError} when the file is not as it was read, Error of node:fs */
export async function replaceFile(path: string, before: string, after: string): Promise<void> {
  const place = await realpath(path)
  const { mode, uid, gid, nlink } = await stat(place)
  const start = (await readFile(place)).subarray(0, MARK.length)
  // What reads a text drops its byte order mark.
  const mark = start.equals(MARK) ? MARK : Buffer.alloc(0)
  const isAsRead = (found: Buffer) => found.equals(Buffer.concat([mark, Buffer.from(before)]))
  const draft = join(dirname(place), `.${randomUUID()}.tmp`)
  try {
    const file = await open(draft, 'wx', mode)
    try {
      await file.chown(uid, gid).catch(() => {}) // only root may give a file away, and only it has to
      await file.chmod(mode)
      await file.writeFile(Buffer.concat([mark, Buffer.from(after)]))
      await file.sync()
    } finally {
      await file.close()
    }
    if (!isAsRead(await readFile(place))) throw new RangeError('the file was changed meanwhile')
    // Another name of the file would keep the old text.
    await (nlink > 1 ? copyFile(draft, place) : rename(draft, place))
  } finally {
    await rm(draft, { force: true })
  }
}
