import { readFile } from 'node:fs/promises'
import t from 'tap'
import { catalogueRows } from '../../../runtime/catalogue/schema.ts'
import { publishedSchema, settingsJsonSchema } from '../../../runtime/settings/json-schema.ts'
import { defaultSettings } from '../../../runtime/settings.ts'

t.test('settingsJsonSchema() is the published file; npm run schema writes it', async t => {
  t.equal(await readFile(new URL('../../../schemas/settings.schema.json', import.meta.url), 'utf8'), settingsJsonSchema())
})

t.test('settingsJsonSchema() describes every setting and shows its default as people write it', async t => {
  const { properties } = JSON.parse(settingsJsonSchema()) as { properties: Record<string, { description?: string; default?: unknown }> }
  t.strictSame(Object.keys(properties), ['$schema', ...Object.keys(defaultSettings())])
  for (const [name, { description }] of Object.entries(properties)) t.match(description, /\.$/, name)
  t.match(properties, { settle: { default: '2s' }, maxMispredicted: { default: '20%' }, podDeadline: { default: '5m' } })
})

t.test('publishedSchema() is the schema of the catalogue too; npm run policy writes it', async t => {
  const text = await readFile(new URL('../../../schemas/catalogue.schema.json', import.meta.url), 'utf8')
  t.equal(text, publishedSchema('catalogue', catalogueRows))
})

t.test('each published schema says under which address it is found', async t => {
  for (const name of ['settings', 'catalogue']) {
    const text = await readFile(new URL(`../../../schemas/${name}.schema.json`, import.meta.url), 'utf8')
    t.match(JSON.parse(text), { $id: `https://unpkg.com/sidecar-reaper/schemas/${name}.schema.json` })
  }
})
