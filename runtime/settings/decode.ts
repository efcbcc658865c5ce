import type * as z from 'zod/mini'
import type { Settings } from '../settings.ts'
import { UsageError } from '../usage.ts'
import { problems } from './problems.ts'
import { settingsSchema } from './schema.ts'

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
