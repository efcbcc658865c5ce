import t from 'tap'
import { defaultSettings, settingsHash } from '../../runtime/settings.ts'
import { decodeSettings } from '../../runtime/settings/decode.ts'

t.test('defaultSettings() are the documented ones, durations in seconds', async t => {
  t.strictSame(defaultSettings(), {
    mode: 'annotated',
    ways: ['exec', 'http', 'signal', 'complete'],
    onDirtyExit: 'refuse',
    onMainFailure: 'end',
    owners: ['Job'],
    sidecars: [],
    mainLabel: null,
    controllersGone: [],
    settle: 2,
    callTimeout: 10,
    podDeadline: 300,
    maxEndings: 100,
    maxMispredicted: 0.2,
    perNode: 4,
    annotationCommands: 'deny',
    review: { exceptions: [] },
    catalogue: {},
  })
})

t.test('decodeSettings() fills a row of the catalogue with its defaults', async t => {
  const row = { title: 'Ours', names: ['ours'], images: ['corp/ours'], sources: ['https://example.com'] }
  t.strictSame(decodeSettings({ catalogue: { ours: row } }, 'x').catalogue, {
    ours: { ...row, prefixes: [], marks: [], ways: [], doubts: [], programs: [], runsArgs: false, wrappedWhen: [], last: false, notes: [] },
  })
})

t.test('settingsHash() is the same for defaults that are spelled out, another for any other value', async t => {
  const hash = settingsHash(defaultSettings())
  t.match(hash, /^[0-9a-f]{64}$/)
  t.equal(settingsHash(decodeSettings({ settle: '2000ms', mode: 'annotated' }, 'x')), hash)
  t.not(settingsHash(decodeSettings({ settle: '3s' }, 'x')), hash)
})
