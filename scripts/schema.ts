import { writeFile } from 'node:fs/promises'
import { functionJsonSchema } from '../generator/json-schema.ts'
import { expectationSchema } from '../runtime/expect/schema.ts'
import { publishedSchema, settingsJsonSchema } from '../runtime/settings/json-schema.ts'

// Writes the schemas that editors use to complete and check settings files, expectations and the configuration of the KRM function.
const schemas = {
  settings: settingsJsonSchema(),
  function: functionJsonSchema(),
  expectation: publishedSchema('expectation', expectationSchema),
}
for (const [name, schema] of Object.entries(schemas)) await writeFile(new URL(`../schemas/${name}.schema.json`, import.meta.url), schema)
