import type { SweepRecord } from '../outcome.ts'

/** A record as one line of JSON. */
export function jsonLine(record: SweepRecord | object): string {
  return `${JSON.stringify(record)}\n`
}
