import t from 'tap'
import { shared } from '../../../runtime/cluster/shared.ts'

/** Work that the test ends, and the signal of each run. */
function work() {
  const runs: { readonly signal: AbortSignal; readonly end: (value: string) => void }[] = []
  const ask = shared<string>(signal => {
    const { promise, resolve } = Promise.withResolvers<string>()
    runs.push({ signal, end: resolve })
    return promise
  })
  return { ask, runs }
}

t.test('shared() gives all who ask at the same time one result, and the next a fresh one', async t => {
  const { ask, runs } = work()
  const { signal } = new AbortController()
  const both = Promise.all([ask(signal), ask(signal)])
  runs[0]?.end('first')
  t.same(await both, ['first', 'first'])
  const next = ask(signal)
  runs[1]?.end('second')
  t.equal(await next, 'second')
})

t.test('shared() goes on while one still waits, and aborts when the last has given up', async t => {
  const { ask, runs } = work()
  const [one, other] = [new AbortController(), new AbortController()]
  const [first, second] = [ask(one.signal), ask(other.signal)]
  one.abort(new Error('one'))
  await t.rejects(first, new Error('one'))
  t.equal(runs[0]?.signal.aborted, false)
  const third = ask(one.signal)
  await t.rejects(third, new Error('one'))
  other.abort(new Error('other'))
  await t.rejects(second, new Error('other'))
  t.same(
    runs.map(({ signal }) => signal.aborted),
    [true],
  )
})
