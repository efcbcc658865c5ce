import t from 'tap'
import { pauseMs, retryAfterMs } from '../../../runtime/cluster/retry.ts'

t.test('pauseMs() doubles, takes up to half away at random, and obeys Retry-After', async t => {
  t.same(
    [1, 2, 3, 4].map(tries => pauseMs(tries, undefined, 200, 0)),
    [200, 400, 800, 1600],
  )
  t.same(
    [1, 2, 3, 4].map(tries => pauseMs(tries, undefined, 200, 1)),
    [100, 200, 400, 800],
  )
  t.equal(pauseMs(1, 3000, 200, 0), 3000)
  t.equal(pauseMs(1, 0, 200, 0), 200)
  // A timer can wait no longer, and takes what is longer for 1 ms.
  t.equal(pauseMs(1, 1e15, 200, 0), 2 ** 31 - 1)
})

t.test('retryAfterMs() reads seconds and dates', async t => {
  const now = new Date('2026-11-24T10:00:00Z')
  t.equal(retryAfterMs('7', now), 7000)
  t.equal(retryAfterMs('Tue, 24 Nov 2026 10:00:05 GMT', now), 5000)
  t.equal(retryAfterMs('Tue, 24 Nov 2026 09:00:00 GMT', now), 0)
  t.equal(retryAfterMs('soon', now), undefined)
  t.equal(retryAfterMs(undefined, now), undefined)
})
