import type { SweepRecord } from '../outcome.ts'
import type { Reporter } from './reporter.ts'

export interface ProgressOptions {
  /** To a terminal. */
  readonly write: (text: string) => void
  /** Milliseconds, from anywhere. */
  readonly now: () => number
  /** Pause between two redraws. Default 100. */
  readonly everyMs?: number
}

export interface Progress extends Reporter {
  /** Takes the line away, so that something else can be printed; the next record draws it again. */
  clear(): void
}

const ERASE = '\r\x1b[K'

/** A single line that says how far a sweep is, redrawn in place and gone at the end. */
export function progress({ write, now, everyMs = 100 }: ProgressOptions): Progress {
  let judged = 0
  const ending = new Set<string>()
  let drawnAt = Number.NEGATIVE_INFINITY
  let isShown = false
  const clear = () => {
    if (isShown) write(ERASE)
    isShown = false
  }
  return {
    record(record: SweepRecord) {
      if (record.kind === 'verdict' && !ending.has(record.uid)) judged++
      if (record.kind === 'verdict' && record.decision === 'end') ending.add(record.uid)
      else if (record.kind !== 'summary') ending.delete(record.uid)
      if (now() - drawnAt < everyMs && isShown) return
      drawnAt = now()
      isShown = true
      write(
        `${ERASE}${judged} pods judged${ending.size > 0 ? `, waiting for ${ending.size} ${ending.size === 1 ? 'ending' : 'endings'}` : ''} …`,
      )
    },
    clear,
    end: clear,
  }
}
