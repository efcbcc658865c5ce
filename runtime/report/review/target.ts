import { randomUUID } from 'node:crypto'
import { closeSync, existsSync, openSync, realpathSync, renameSync, rmSync, statSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../../usage.ts'
import { printable } from '../../printable.ts'

/** A file that a report goes to. It is there, whole, only when the report is. */
interface ReportFile {
  write(text: string): void
  /** Puts it in its place. */
  keep(): void
  /** Leaves no trace of it; nothing after keep(). */
  drop(): void
}

/** One report of several, and where its text goes. */
export interface Report<Format> {
  readonly format: Format
  readonly write: (text: string) => void
}

/** All reports of a run: those without a file go to `shown`; those with one are there together, or not at all. */
export interface Reports<Format> extends Pick<ReportFile, 'keep' | 'drop'> {
  readonly all: readonly Report<Format>[]
}

/** Begins every report that is asked for. Throws UsageError where nothing can be written; then no file was begun. */
export function openReports<Format>(
  targets: readonly { readonly format: Format; readonly file: string | undefined }[],
  shown: (text: string) => void,
): Reports<Format> {
  const files: ReportFile[] = []
  const drop = () => {
    for (const file of files) file.drop()
  }
  try {
    const all = targets.map(({ format, file: path }) => {
      if (path === undefined) return { format, write: shown }
      const file = reportFile(path)
      files.push(file)
      return { format, write: file.write }
    })
    const keep = () => {
      for (const file of files) file.keep()
    }
    return { all, keep, drop }
  } catch (error) {
    drop()
    throw error
  }
}

/** Begins a report's file: beside its place, or what stands there is written to as it is, a pipe or a device. Throws UsageError where nothing can be written. */
function reportFile(path: string): ReportFile {
  return isReplaceable(path) ? replacedFile(path) : writtenFile(path)
}

/** What a rename may take the place of. A link into /dev or /proc is somebody's open file. */
function isReplaceable(path: string): boolean {
  if (/^\/(dev|proc)\//.test(resolve(path))) return false
  return attempt(path, () => statSync(path, { throwIfNoEntry: false })?.isFile() ?? true)
}

function replacedFile(path: string): ReportFile {
  const place = existsSync(path) ? attempt(path, () => realpathSync(path)) : path
  const draft = `${place}.${randomUUID()}.tmp`
  const file = opened(path, () => openSync(draft, 'wx'))
  return {
    write: file.write,
    keep() {
      file.close()
      attempt(path, () => renameSync(draft, place))
    },
    drop() {
      file.close()
      rmSync(draft, { force: true })
    },
  }
}

function writtenFile(path: string): ReportFile {
  const { write, close } = opened(path, () => openSync(path, 'w'))
  return { write, keep: close, drop: close }
}

function opened(path: string, open: () => number): { readonly write: (text: string) => void; readonly close: () => void } {
  const fd = attempt(path, open)
  let isOpen = true
  return {
    write: text => void attempt(path, () => writeSync(fd, text)),
    close() {
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act()
  } catch (cause) {
    throw new UsageError(`error: cannot write ${printable(path)}: ${(cause as NodeJS.ErrnoException).code}`, { cause }) // of node:fs
  }
}
