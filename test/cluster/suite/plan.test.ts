import t from 'tap'
import { versions } from '../setup/paths.ts'
import { askedFor, planned } from './plan.ts'
import { always, kept, variants, type Row } from './row.ts'
import { rows } from './table.ts'

const options = { only: /./, ways: variants }
const plain: Row = { title: 'plain', objects: () => [], expect: always(kept('leave x')) }
const newer: Row = { ...plain, title: 'newer', needs: { kubernetes: '1.36.3', why: 'it came with 1.35' } }

t.test('planned() leaves out of the plan what a version cannot run, by the table, and says why', async t => {
  const { cases, leftOut } = planned(askedFor(options, [plain, newer]), 'v1.34.4')
  t.strictSame(
    cases.map(({ title }) => title),
    ['plain · all', 'plain · signal', 'plain · complete'],
  )
  t.strictSame(
    leftOut,
    (['all', 'signal', 'complete'] as const).map(variant => ({ title: `newer · ${variant}`, why: 'it came with 1.35' })),
  )
  t.strictSame(planned(askedFor(options, [plain, newer]), 'v1.36.3').leftOut, [])
})

t.test('planned() says nothing of rows that nobody asked for, and refuses to run none', async t => {
  const only = (only: RegExp) => askedFor({ only, ways: ['all'] }, [plain, newer])
  t.strictSame(planned(only(/plain/), 'v1.32.2').leftOut, [])
  t.throws(() => only(/nothing/), new SyntaxError('No row matches /nothing/'))
  t.throws(() => planned(only(/newer/), 'v1.32.2'), new Error('Kubernetes v1.32.2 cannot run any of the rows: it came with 1.35'))
})

t.test('the newest version runs the whole table', async t => {
  t.strictSame(planned(askedFor(options, rows), `v${versions.at(-1)}`).leftOut, [])
})
