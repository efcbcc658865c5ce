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
  let ending = 0
  let drawnAt = Number.NEGATIVE_INFINITY
  let isShown = false
  const clear = () => {
    if (isShown) write(ERASE)
    isShown = false
  }
  return {
    record(record: SweepRecord) {
      if (record.kind === 'verdict') judged++
      if (record.kind === 'verdict' && record.decision === 'end') ending++
      if (record.kind === 'outcome') ending--
      if (now() - drawnAt < everyMs && isShown) return
      drawnAt = now()
      isShown = true
      write(`${ERASE}${judged} pods judged${ending > 0 ? `, waiting for ${ending} ${ending === 1 ? 'ending' : 'endings'}` : ''} …`)
    },
    clear,
    end: clear,
  }
}
