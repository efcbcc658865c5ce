import { writeFile } from 'node:fs/promises'
import { functionJsonSchema } from '../generator/json-schema.ts'
import { settingsJsonSchema } from '../runtime/settings/json-schema.ts'

// Writes the schemas that editors use to complete and check settings files and the configuration of the KRM function.
for (const [name, schema] of Object.entries({ settings: settingsJsonSchema(), function: functionJsonSchema() }))
  await writeFile(new URL(`../schemas/${name}.schema.json`, import.meta.url), schema)
