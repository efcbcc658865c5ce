import t from 'tap'
import { median, row } from '../measure.ts'
import { quantity, table } from './table.ts'

const reading = { what: 'raw read', amount: 0.8, unit: 's' } as const

t.test('table() aligns what was measured beside its reference and says whether the target is met', async t => {
  const rows = [
    row({
      part: 'verdicts',
      what: 'all finished',
      value: { amount: 19_876.4, unit: '/s' },
      target: { of: 'value', limit: 20_000, bound: 'at least' },
    }),
    row({
      part: 'sweep-10k',
      what: 'dry run',
      value: { amount: 1.04, unit: 's' },
      reference: reading,
      target: { of: 'ratio', limit: 1.3, bound: 'at most' },
    }),
  ]
  t.equal(
    table(rows),
    `PART       MEASURED          VALUE  REFERENCE  ITS VALUE  RATIO  TARGET              VERDICT
verdicts   all finished  19,876 /s  -                  -      -  at least 20,000 /s  short
sweep-10k  dry run          1.04 s  raw read      0.80 s   1.30  at most 1.3 times   met
`,
  )
})

t.test('row() judges nothing without a target', async t => {
  const { ratio, isMet } = row({ part: 'pods', what: 'a page', value: { amount: 2, unit: 's' }, reference: reading })
  t.same([ratio, isMet], [2.5, null])
})

t.test('quantity() writes three digits, or whole numbers as they are', async t => {
  const shown = [0.0123, 1.5, 12.34, 123.4, 80_000, 7].map(amount => quantity({ amount, unit: 'ms' }))
  t.same(shown, ['0.01 ms', '1.50 ms', '12.3 ms', '123 ms', '80,000 ms', '7 ms'])
})

t.test('median() of an even number is the mean of the middle two', async t => {
  t.same([median([3, 1, 2]), median([4, 1, 2, 3])], [2, 2.5])
})
