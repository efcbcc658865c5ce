import { writeFile } from 'node:fs/promises'
import { settingsJsonSchema } from '../runtime/settings/json-schema.ts'

// Writes the schema that editors use to complete and check settings files.
const target = new URL('../schemas/settings.schema.json', import.meta.url)
await writeFile(target, settingsJsonSchema())
