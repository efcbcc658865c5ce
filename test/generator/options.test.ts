import t from 'tap'
import { parseSettings } from '../../runtime/settings/file.ts'
import { UsageError } from '../../runtime/usage.ts'
import { settingsText } from '../../generator/reaper/settings-text.ts'
import { options } from './sources.ts'

t.test('decodeReaperOptions() has a default for everything, and of the ways only complete', async t => {
  t.match(options(), {
    name: 'sidecar-reaper',
    sweep: null,
    kind: 'CronJob',
    image: null,
    settings: { mode: 'annotated', ways: ['complete'] },
  })
})

t.test('decodeReaperOptions() says everything that is wrong at once', async t => {
  t.throws(
    () => options({ namspace: 'x', sweep: 'A', schedule: '', settings: { mode: 'x', settle: 5 }, resources: { limits: { cpu: 'much' } } }),
    new UsageError([
      'options: sweep: got "A", expected a namespace name: at most 63 of a-z, 0-9 and -',
      'options: schedule: got "", expected a schedule such as "*/5 * * * *"',
      'options: resources.limits.cpu: got "much", expected a quantity such as 100m or 128Mi',
      'options: settings.mode: got "x", expected one of report, annotated, enforce',
      'options: settings.settle: got 5, expected a duration such as 500ms, 2s, 1m30s or 1h',
      'options: unknown key "namspace", did you mean namespace?',
    ]),
  )
})

t.test('settingsText() reads as the settings that it was made of', async t => {
  const given = [
    {},
    { ways: ['exec', 'http', 'signal', 'complete'], mode: 'enforce', sidecars: ['proxy'], mainLabel: 'app' },
    { settle: '1500ms', callTimeout: '1m30s', maxMispredicted: '29%', maxEndings: 7, controllersGone: ['argo'] },
    { catalogue: { acme: { title: 'Acme', names: ['acme'], ways: [{ way: 'signal', signal: 'INT', exit: 0 }] } } },
  ]
  for (const settings of given.map(settings => options({ settings }).settings))
    t.strictSame(parseSettings(settingsText(settings), 'settings.yaml'), settings)
  t.equal(settingsText(options().settings), 'mode: annotated\nways:\n  - complete\n')
})
