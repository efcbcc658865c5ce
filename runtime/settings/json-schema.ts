import * as z from 'zod/mini'
import { settingsSchema } from './schema.ts'

/** The JSON Schema of a settings file, as text; schemas/settings.schema.json is this. */
export function settingsJsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(settingsSchema, { io: 'input' }), null, 2)}\n`
}
