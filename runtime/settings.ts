import { createHash } from 'node:crypto'
import { DEFAULTS } from './settings/defaults.ts'
import type { Settings } from './settings/schema.ts'

export { MIN_MISPREDICTED } from './settings/min-mispredicted.ts'
export type { Settings } from './settings/schema.ts'

/** Every setting at its default. */
export function defaultSettings(): Settings {
  return structuredClone(DEFAULTS)
}

/** sha256 of the settings in force, hexadecimal: the same for a file that spells out the defaults and for none. */
export function settingsHash(settings: Settings): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex')
}
