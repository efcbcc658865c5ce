import { createHash } from 'node:crypto'
import type * as z from 'zod/mini'
import { problems } from './settings/problems.ts'
import { type Settings, settingsSchema } from './settings/schema.ts'
import { UsageError } from './usage.ts'

export { MIN_MISPREDICTED, type Settings } from './settings/schema.ts'

/** Every setting at its default. */
export function defaultSettings(): Settings {
  return withoutSchema(settingsSchema.parse({}))
}

/** Settings of a value that came from anywhere; `name` begins each message. Throws UsageError with every mistake at once. */
export function decodeSettings(value: unknown, name: string): Settings {
  const parsed = settingsSchema.safeParse(value)
  if (parsed.success) return withoutSchema(parsed.data)
  const keys = Object.keys(settingsSchema.shape)
  throw new UsageError(
    problems(value, parsed.error.issues, keys).map(problem => `${name}: ${problem}`),
    { cause: parsed.error },
  )
}

function withoutSchema(parsed: z.output<typeof settingsSchema>): Settings {
  const { $schema: _, ...settings } = parsed
  return settings
}

/** sha256 of the settings in force, hexadecimal: the same for a file that spells out the defaults and for none. */
export function settingsHash(settings: Settings): string {
  return createHash('sha256').update(JSON.stringify(settings)).digest('hex')
}
