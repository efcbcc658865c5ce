import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { loadPolicy, PolicyError } from '../../runtime/policy.ts'
import { defaultSettings } from '../../runtime/settings.ts'
import { decodeSettings } from '../../runtime/settings/decode.ts'
import { AROUND, COMMITTED, policyOf, SELF } from '../policy/committed.ts'

const stuck = {
  metadata: { namespace: 'team-a', labels: { 'batch.kubernetes.io/job-name': 'j' }, annotations: { 'sidecar-reaper/sidecars': 'proxy' } },
  spec: { restartPolicy: 'Never', containers: [{ name: 'main' }, { name: 'proxy' }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'main', containerID: 'x://1', state: { terminated: { exitCode: 0, finishedAt: '2026-11-24T03:00:00Z' } } },
      { name: 'proxy', containerID: 'x://2', state: { running: {} } },
    ],
  },
}
const now = new Date('2026-11-24T03:10:00Z')

t.test('policy.verdict() judges the facts of a pod', async t => {
  const policy = await policyOf()
  t.match(policy.verdict(policy.facts(stuck), AROUND, now), {
    decision: 'end',
    reason: 'left-over',
    earned: 'Succeeded',
    after: 'Succeeded',
    warnings: [],
  })
})

t.test('policy.verdict() takes what is around a pod as it is readable', async t => {
  const policy = await policyOf()
  const facts = policy.facts(stuck)
  t.equal(policy.verdict(facts, { namespace: null, node: null }, now).decision, 'end')
  t.equal(policy.verdict(facts, { ...AROUND, node: { ready: false } }, now).reason, 'node-not-ready')
})

t.test('policy.verdict() knows whose sweep it is', async t => {
  const policy = await loadPolicy(COMMITTED, defaultSettings(), { namespace: 'team-a', sweep: 'this' })
  t.equal(policy.verdict(policy.facts(stuck), AROUND, now).reason, 'own-namespace')
})

t.test('policy.verdict() keeps text of any script, and memory that has grown', async t => {
  const policy = await policyOf()
  const many = 'ü€😀'.repeat(100_000)
  const facts = policy.facts({
    ...stuck,
    metadata: { ...stuck.metadata, annotations: { 'sidecar-reaper/sidecars': `proxy, ü€😀, ${many}` } },
  })
  t.match(policy.verdict(facts, AROUND, now).warnings, [{ message: /names ü€😀, (ü€😀){21}…, but/ }])
  t.equal(policy.verdict(policy.facts(stuck), AROUND, now).decision, 'end')
})

t.test('loadPolicy() adds the rows of the settings to the catalogue, or puts them in place', async t => {
  const row = { title: 'Ours', names: ['proxy'], images: ['acme/proxy'], marks: [{ label: 'acme' }], ways: [], sources: [] }
  const policy = await loadPolicy(COMMITTED, decodeSettings({ mode: 'enforce', catalogue: { acme: row } }, 't'), SELF)
  const known = { ...stuck, metadata: { namespace: 'team-a', labels: { ...stuck.metadata.labels, acme: '' } } }
  t.match(policy.verdict(policy.facts(known), AROUND, now), { decision: 'end', containers: [{}, { why: 'known sidecar acme' }] })
  const plain = await policyOf({ mode: 'enforce' })
  t.not(policy.hashes.catalogue, plain.hashes.catalogue)
  t.equal(policy.hashes.wasm, plain.hashes.wasm)
})

t.test('loadPolicy() says which file it could not load, and why', async t => {
  const withoutMarks = JSON.stringify({ catalogue: { rows: {}, by_name: {}, by_prefix: {}, by_image: {} } })
  const folder = t.testdir({ 'text.wasm': 'no wasm', 'list.json': '[]', 'unmarked.json': withoutMarks, 'text.json': 'x' })
  const truncated = join(folder, 'truncated.wasm')
  await writeFile(truncated, (await readFile(COMMITTED.wasm)).subarray(0, 1000))
  const wrong: [object, RegExp][] = [
    [{ wasm: join(folder, 'missing.wasm') }, /Cannot load the policy from .*missing\.wasm: ENOENT/],
    [{ wasm: folder }, /: EISDIR/],
    [{ wasm: join(folder, 'text.wasm') }, /text\.wasm: it is no policy compiled by opa build -t wasm: /],
    [{ wasm: truncated }, /truncated\.wasm: it is no policy compiled by opa build -t wasm: /],
    [{ catalogue: join(folder, 'list.json') }, /list\.json: it has no key catalogue with rows and their indexes/],
    [{ catalogue: join(folder, 'unmarked.json') }, /unmarked\.json: it has no key catalogue with rows and their indexes/],
    [{ catalogue: join(folder, 'text.json') }, /text\.json: .*JSON/],
  ]
  for (const [files, message] of wrong) {
    const error: unknown = await loadPolicy({ ...COMMITTED, ...files }, defaultSettings(), SELF).catch((cause: unknown) => cause)
    t.ok(error instanceof PolicyError && error.code === 'unreadable', String(message))
    t.match(String(error), message)
  }
})
