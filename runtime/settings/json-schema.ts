import * as z from 'zod/mini'
import { settingsSchema } from './schema.ts'

/** The JSON Schema of a settings file, as text; schemas/settings.schema.json is this. */
export function settingsJsonSchema(): string {
  return publishedSchema('settings', settingsSchema)
}

/** The JSON Schema of what a file may hold, as text: schemas/NAME.schema.json of the npm package, under the address at which editors get it from there. */
export function publishedSchema(name: string, schema: z.ZodMiniType): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input' })
  const $id = `https://unpkg.com/sidecar-reaper/schemas/${name}.schema.json`
  return `${JSON.stringify({ $schema, $id, ...rest }, null, 2)}\n`
}
