import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Marks what a directory was made from. Written last, so that what was broken off is made again. */
export function stamp(directory: string, key: string): void {
  writeFileSync(join(directory, '.made-from'), key)
}

/** True when a directory was made, to the end, from just this. */
export function isStamped(directory: string, key: string): boolean {
  try {
    return readFileSync(join(directory, '.made-from'), 'utf8') === key
  } catch {
    return false
  }
}
