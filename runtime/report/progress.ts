import type { SweepRecord } from '../outcome.ts'
import type { Reporter } from './reporter.ts'
import { statusLine, type StatusLineOptions } from './status-line.ts'

export interface Progress extends Reporter {
  /** Takes the line away, so that something else can be printed; the next record draws it again. */
  clear(): void
}

/** A single line that says how far a sweep is, redrawn in place and gone at the end. */
export function progress(options: StatusLineOptions): Progress {
  const { show, clear } = statusLine(options)
  let judged = 0
  const ending = new Set<string>()
  return {
    record(record: SweepRecord) {
      if (record.kind === 'verdict' && !ending.has(record.uid)) judged++
      if (record.kind === 'verdict' && record.decision === 'end') ending.add(record.uid)
      else if (record.kind !== 'summary') ending.delete(record.uid)
      show(`${judged} pods judged${ending.size > 0 ? `, waiting for ${ending.size} ${ending.size === 1 ? 'ending' : 'endings'}` : ''} …`)
    },
    clear,
    end: clear,
  }
}
