import t from 'tap'
import { type WayContext, wayLines } from '../../../runtime/report/ways.ts'
import { container, verdict } from './builders.ts'

const never: WayContext = { restartPolicy: 'Never', allowed: ['exec', 'http', 'signal', 'complete'] }
const signal = (exit: number | null) => ({ way: 'signal', signal: 'TERM', process: 'pid1', exit }) as const
const told = (exit: number | null) => [container({ ways: [signal(exit)] })]

t.test('wayLines() puts complete first and says why', async t => {
  t.strictSame(wayLines(verdict({ containers: [...told(null), container({ name: 'log', state: 'restarting' })] }), never), [
    'complete the pod as Succeeded: first, because the kubelet then ends all that is left and no exit code counts any more',
    'send TERM to proxy, up to 30 s: nobody knows its exit code: if it is not 0, the pod becomes Failed and its Job may run the main again, so it comes after complete',
    'log: no way of its own; it does not run, so it can be told nothing',
  ])
})

t.test('wayLines() puts clean ways before complete', async t => {
  t.strictSame(wayLines(verdict({ complete: 'last', containers: told(0) }), never), [
    'send TERM to proxy, up to 30 s: known to exit with 0, which leaves the pod as its mains deserve',
    'complete the pod as Succeeded: last, because the ways above are known to end cleanly and show a finished pod only when it is',
  ])
})

t.test('wayLines() of a failed main comes to complete last', async t => {
  t.strictSame(wayLines(verdict({ complete: 'last', earned: 'Failed', after: 'Failed', containers: told(143) }), never), [
    'send TERM to proxy, up to 30 s: known to exit with 143; the pod has earned Failed already, so no exit code makes it worse',
    'complete the pod as Failed: last, because the Job starts its next pod at once, while this one still ends',
  ])
})

t.test('wayLines() says what a dirty exit does, and when complete is not used', async t => {
  const dirty = verdict({ complete: 'no', containers: told(143) })
  t.strictSame(wayLines(dirty, { restartPolicy: 'OnFailure', allowed: ['signal'] }), [
    'send TERM to proxy, up to 30 s: known to exit with 143: the kubelet restarts it',
    'not complete the pod as Succeeded: the setting ways leaves complete out',
  ])
  t.match(wayLines(dirty, never).at(-1), /: it is not to be had for this pod$/)
})
