import { readFile } from 'node:fs/promises'
import t from 'tap'
import { settingsJsonSchema } from '../../../runtime/settings/json-schema.ts'
import { defaultSettings } from '../../../runtime/settings.ts'

t.test('settingsJsonSchema() is the published file; npm run schema writes it', async t => {
  t.equal(await readFile(new URL('../../../schemas/settings.schema.json', import.meta.url), 'utf8'), settingsJsonSchema())
})

t.test('settingsJsonSchema() describes every setting and shows its default as people write it', async t => {
  const { properties } = JSON.parse(settingsJsonSchema()) as { properties: Record<string, { description?: string; default?: unknown }> }
  t.strictSame(Object.keys(properties), Object.keys(defaultSettings()))
  for (const [name, { description }] of Object.entries(properties)) t.match(description, /\.$/, name)
  t.match(properties, { settle: { default: '2s' }, maxMispredicted: { default: '20%' }, podDeadline: { default: '5m' } })
})
