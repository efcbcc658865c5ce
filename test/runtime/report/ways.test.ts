import t from 'tap'
import { passedOverLines, wayLines } from '../../../runtime/report/ways.ts'
import { container, verdict } from './builders.ts'

const why = 'known to exit with 0, which leaves the pod as its mains deserve'
const signal = { way: 'signal', signal: 'TERM', process: 'pid1', exit: 0, why } as const

t.test('wayLines() puts complete first and says why', async t => {
  t.strictSame(wayLines(verdict({ containers: [container(), container({ name: 'log', state: 'restarting' })] })), [
    'complete the pod as Succeeded: first, because the kubelet then ends all that is left and no exit code counts any more',
    'proxy: no way of its own',
    'log: it does not run, so it can be told nothing',
  ])
})

t.test('wayLines() puts clean ways before complete, in the order of their turns', async t => {
  const containers = [
    container({ name: 'mount', turn: 2, ends_itself: 30 }),
    container({ name: 'mesh', turn: 1, ways: [{ way: 'http', method: 'POST', port: 15020, path: '/quit', exit: 0, why }] }),
    container({ ways: [{ way: 'exec', argv: ['/proxy', 'quit'], exit: 0, why }, signal] }),
  ]
  t.strictSame(wayLines(verdict({ complete: 'last', containers })), [
    `run /proxy quit in proxy, up to 30 s: ${why}`,
    `send TERM to proxy, up to 30 s: ${why}`,
    `POST localhost:15020/quit in mesh, up to 30 s: ${why}`,
    'mount: left to end by itself, up to 30 s after the others',
    'complete the pod as Succeeded: last, because the ways above are known to end cleanly and show a finished pod only when it is',
  ])
})

t.test('wayLines() of a failed main comes to complete last', async t => {
  const failed = verdict({ complete: 'last', earned: 'Failed', after: 'Failed', containers: [container({ ways: [signal] })] })
  t.equal(
    wayLines(failed).at(-1),
    'complete the pod as Failed: last, because the Job starts its next pod at once, while this one still ends',
  )
})

t.test('wayLines() does not speak of complete where it is not used', async t => {
  t.strictSame(wayLines(verdict({ complete: 'no', containers: [container({ ways: [signal] })] })), [
    `send TERM to proxy, up to 30 s: ${why}`,
  ])
})

t.test('passedOverLines() says of each way that is not taken why, in printable characters', async t => {
  const passed = [
    { container: 'proxy', way: 'http', why: 'not switched on in this pod: needs --quit' },
    { container: 'proxy', way: 'signal', why: 'nobody\nknows' },
  ] as const
  t.strictSame(passedOverLines(verdict({ passed_over: passed })), [
    'http of proxy: not switched on in this pod: needs --quit',
    'signal of proxy: nobody\\u{a}knows',
  ])
})
