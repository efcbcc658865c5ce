import { publishedSchema } from '../runtime/settings/json-schema.ts'
import { functionConfigSchema } from './config.ts'

/** The JSON Schema of a functionConfig, as text; schemas/function.schema.json is this. */
export function functionJsonSchema(): string {
  return publishedSchema('function', functionConfigSchema)
}
