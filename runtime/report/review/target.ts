import { randomUUID } from 'node:crypto'
import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { UsageError } from '../../usage.ts'
import { printable } from '../../printable.ts'

/** A file that a report goes to. It is there, whole, only when the report is. */
export interface ReportFile {
  write(text: string): void
  /** Puts it in its place. */
  keep(): void
  /** Leaves no trace of it; nothing after keep(). */
  drop(): void
}

/** Begins a report's file beside its place. Throws UsageError where nothing can be written. */
export function reportFile(path: string): ReportFile {
  const draft = `${path}.${randomUUID()}.tmp`
  const fd = attempt(path, () => openSync(draft, 'wx'))
  let isOpen = true
  const close = () => {
    if (isOpen) closeSync(fd)
    isOpen = false
  }
  return {
    write: text => void attempt(path, () => writeSync(fd, text)),
    keep() {
      close()
      attempt(path, () => renameSync(draft, path))
    },
    drop() {
      close()
      rmSync(draft, { force: true })
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
