import t from 'tap'
import { loadDoctorRules, type WebhookFacts } from '../../runtime/doctor/rules.ts'
import { POLICY_FILES } from '../../runtime/files.ts'
import { PolicyError } from '../../runtime/policy.ts'
import { defaultSettings } from '../../runtime/settings.ts'
import { decodeSettings } from '../../runtime/settings/decode.ts'

// What the tests in Rego say, of the compiled rules.

const rules = await loadDoctorRules(POLICY_FILES, defaultSettings())

const nothing = { matchLabels: {}, matchExpressions: [] }
const webhook: WebhookFacts = {
  configuration: 'hooks',
  name: 'a.test',
  versions: ['v1'],
  rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: '*' }],
  namespaceSelector: nothing,
  objectSelector: nothing,
  conditions: 0,
  failurePolicy: 'Fail',
}

t.test('webhooks() matches labels as the API server does', async t => {
  const labels = { app: 'backup' }
  const isAsked = (objectSelector: object) =>
    rules.webhooks([{ ...webhook, objectSelector: { ...nothing, ...objectSelector } }], labels, { name: 'shop', labels: {} }).length === 1
  const term = (key: string, operator: string, ...values: readonly string[]) => isAsked({ matchExpressions: [{ key, operator, values }] })
  t.ok(isAsked({}))
  t.ok(isAsked({ matchLabels: labels }))
  t.notOk(isAsked({ matchLabels: { app: 'other' } }))
  t.notOk(isAsked({ matchLabels: { tier: 'backup' } }))
  t.ok(term('app', 'In', 'x', 'backup'))
  t.notOk(term('app', 'In', 'x'))
  t.notOk(term('tier', 'In', 'x'))
  t.ok(term('app', 'NotIn', 'x'))
  t.notOk(term('app', 'NotIn', 'backup'))
  t.ok(term('tier', 'NotIn', 'x'), 'a label that is not there is in no list')
  t.ok(term('app', 'Exists'))
  t.notOk(term('tier', 'Exists'))
  t.ok(term('tier', 'DoesNotExist'))
  t.notOk(term('app', 'DoesNotExist'))
  t.notOk(term('app', 'Resembles', 'backup'), 'an operator that is not known')
})

t.test('webhooks() says what it cannot know', async t => {
  const selecting = { ...webhook, namespaceSelector: { ...nothing, matchLabels: { a: 'b' } } }
  t.match(rules.webhooks([selecting, { ...webhook, conditions: 2 }], {}, null), [
    { certain: false, message: 'may be asked: its matchConditions were not evaluated' },
    { certain: false, message: 'may be asked: the labels of the namespace could not be read' },
  ])
  t.strictSame(rules.webhooks([selecting], {}, { name: 'shop', labels: {} }), [])
})

t.test('support() and need() follow from one another', async t => {
  const kubelet = (minor: number) => ({ node: 'n', version: `v1.${minor}.0`, minor })
  const counts = { plain: 0, expected: 0, unclear: 0, unread: [] }
  const needed = (minor: number, more: object = {}) =>
    rules.need({ ...counts, ...more, support: rules.support(kubelet(minor), { version: 'v1.34.0', minor: 34 }) }).needed
  t.strictSame([27, 28, 29, 36].map(minor => needed(minor)), ['unknown', 'unknown', 'no', 'no']) // prettier-ignore
  t.equal(needed(29, { plain: 1 }), 'yes')
  for (const doubt of [{ expected: 1 }, { unclear: 1 }, { unread: ['jobs'] }]) t.equal(needed(29, doubt), 'unknown')
})

t.test('inspected() heeds the settings and their rows', async t => {
  const settings = decodeSettings(
    { sidecars: ['logger'], catalogue: { acme: { title: 'Acme', names: ['acme'], images: ['acme/proxy'] } } },
    'settings',
  )
  const own = await loadDoctorRules(POLICY_FILES, settings)
  const containers = [{ name: 'main' }, { name: 'logger' }, { name: 'acme', image: 'acme/proxy:1' }]
  const facts = own.facts({ spec: { containers } })
  const { sidecars } = own.inspected(facts, { namespace: null, isTemplate: true, written: null, natives: [] })
  t.match(sidecars, [
    { name: 'acme', row: 'acme', title: 'Acme' },
    { name: 'logger', row: null },
  ])
})

t.test('loadDoctorRules() says which file is no policy', async t => {
  const dir = t.testdir({ 'policy.wasm': 'no wasm' })
  await t.rejects(loadDoctorRules({ ...POLICY_FILES, wasm: `${dir}/policy.wasm` }, defaultSettings()), PolicyError)
})
