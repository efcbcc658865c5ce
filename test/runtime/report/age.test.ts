import t from 'tap'
import { ageText } from '../../../runtime/report/age.ts'

t.test('ageText() says an age in two units at most', async t => {
  const cases = [
    [0, '0s'],
    [-5, '0s'],
    [119.9, '119s'],
    [120, '2m'],
    [125, '2m5s'],
    [3725, '1h2m'],
    [7200, '2h'],
    [90000, '1d1h'],
    [864000, '10d'],
  ] as const
  for (const [seconds, text] of cases) t.equal(ageText(seconds), text, String(seconds))
})
