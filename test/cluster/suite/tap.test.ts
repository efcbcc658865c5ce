import t from 'tap'
import type { Plan } from './plan.ts'
import { Tap, type Result } from './tap.ts'

const well: Result = { title: 'a row', seconds: 1, checks: [{ title: 'the Job is Complete' }] }
const failed = { title: 'what was tried in vain', problem: { expected: [], found: ['it still runs'] } }
const again: Result = {
  ...well,
  repeated: { why: 'the node was slow', checks: [...well.checks, failed], timeline: ['12:00 told', '12:09 ended'] },
}

/** What is printed of these results, and whether the run passes. */
function run(results: readonly Result[], planned = results.length): readonly [printed: string, isWell: boolean] {
  const texts: string[] = []
  const tap = new Tap(text => texts.push(text), { cases: Array.from({ length: planned }), leftOut: [] } as unknown as Plan) // it counts them
  for (const result of results) tap.result(result)
  const isWell = tap.end('here', 2)
  return [texts.join(''), isWell]
}

t.test('Tap passes a run only when all that was planned ran and nothing failed', async t => {
  t.ok(run([well])[1])
  t.notOk(run([well], 2)[1])
  const [printed, isWell] = run([well, { ...well, checks: [failed], timeline: ['12:00 told'] }])
  t.notOk(isWell)
  t.match(printed, /not ok 2 - a row[^]*# here: 1 passed, 1 failed, in 2 s/)
})

t.test('Tap keeps what failed before a second go, and counts those', async t => {
  const [printed, isWell] = run([again])
  t.ok(isWell)
  t.match(printed, /^# Run again, since the node was slow: a row; what failed the first time:\n# not ok 1 - what was tried in vain\n/m)
  t.match(printed, /^# +\[ 'it still runs' \]$/m)
  t.match(printed, /^# 12:00 told\n# 12:09 ended$/m)
  t.match(printed, /^# Run again: 1 cases; 3 may be$/m)
  t.notMatch(printed, /^ *not ok/m)
})

t.test('Tap fails a run with many second goes', async t => {
  t.ok(run(Array.from({ length: 3 }, () => again))[1])
  t.notOk(run(Array.from({ length: 4 }, () => again))[1])
  t.ok(run([...Array.from({ length: 5 }, () => again), ...Array.from({ length: 95 }, () => well)])[1])
})
