import type { SweepRecord } from '../outcome.ts'

// What JSON.stringify leaves as it is: DEL, C1 controls, format characters such as bidi overrides, line and paragraph separators.
const UNPRINTABLE = /[\u007f-\u009f\p{Cf}\u2028\u2029]/gu

/** A record as one line of JSON, in which a terminal finds nothing to obey. */
export function jsonLine(record: SweepRecord | object): string {
  // They can only be inside of strings, where an escape means the same.
  return `${JSON.stringify(record).replace(UNPRINTABLE, escaped)}\n`
}

function escaped(character: string): string {
  return character.replace(/[^]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
