import t from 'tap'
import { DURATION, durationSeconds } from '../../../runtime/settings/duration.ts'

t.test('durationSeconds() reads every unit, alone and together', async t => {
  const cases = { '2s': 2, '1m30s': 90, '500ms': 0.5, '1h': 3600, '1h1m1s1ms': 3661.001, '0s': 0, '90m': 5400 }
  for (const [text, seconds] of Object.entries(cases)) {
    t.match(text, DURATION)
    t.equal(durationSeconds(text), seconds, text)
  }
})

t.test('DURATION refuses what is no duration', async t => {
  for (const text of ['', '2', 's', '1.5s', '-2s', '2 s', '2S', '1s1m', '1s1s', ' 2s', '2d', '1e3s', '9999999999s'])
    t.notMatch(text, DURATION, text)
})
