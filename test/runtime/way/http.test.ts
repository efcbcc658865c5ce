import t from 'tap'
import type { Cluster, PodAnswer } from '../../../runtime/cluster.ts'
import { callQuit } from '../../../runtime/way/http.ts'
import type { Told } from '../../../runtime/way/told.ts'

const target = { namespace: 'shop', name: 'report-1', container: 'proxy', containerID: 'containerd://abc' }
const calm = new AbortController().signal
const quit = { method: 'POST', port: 9091, path: '/quitquitquit' } as const

type Failed = Extract<PodAnswer, { kind: 'failed' }>
const answered = (status: number): PodAnswer => ({ kind: 'answered', status })
const failed = (error: string, given: Partial<Failed> = {}): Failed => ({ kind: 'failed', error, code: 'server', wasSent: false, ...given })

const told: Told = { kind: 'told', error: '', isUnreachable: false }
const not = (error: string): Told => ({ kind: 'failed', error, isUnreachable: false })
const maybe = (error: string): Told => ({ kind: 'maybe', error, isUnreachable: false })

const rows: readonly [string, PodAnswer, Told][] = [
  ['200', answered(200), told],
  ['202', answered(202), told],
  ['204', answered(204), told],
  ['an endpoint that is off', answered(404), not('POST /quitquitquit on port 9091 was answered with 404 Not Found')],
  ['the wrong method', answered(405), not('POST /quitquitquit on port 9091 was answered with 405 Method Not Allowed')],
  ['a redirect is no consent', answered(302), not('POST /quitquitquit on port 9091 was answered with 302 Found')],
  ['nor is another protocol', answered(101), not('POST /quitquitquit on port 9091 was answered with 101 Switching Protocols')],
  ['an error', answered(500), not('POST /quitquitquit on port 9091 was answered with 500 Internal Server Error')],
  ['a status that has no name', answered(599), not('POST /quitquitquit on port 9091 was answered with 599')],
  ['nobody listens', failed('connection refused'), not('connection refused')],
  ['not allowed', failed('needs verb create', { code: 'forbidden' }), not('needs verb create')],
  ['an admission policy says no', failed('refused by an admission policy', { code: 'forbidden' }), not('refused by an admission policy')],
  ['the pod is gone', failed('not found', { code: 'not-found' }), not('not found')],
  ['the sidecar ends before it answers: it may have heard', failed('reset by peer', { wasSent: true }), maybe('reset by peer')],
  ['half an answer', failed('socket hang up', { wasSent: true }), maybe('socket hang up')],
  ['the sidecar is silent, which is not its node’s fault', failed('no answer', { wasSent: true, code: 'unreachable' }), maybe('no answer')],
  ['the node is silent: nothing was sent', failed('no answer', { code: 'unreachable' }), { ...not('no answer'), isUnreachable: true }],
  [
    'the kubelet takes no connection',
    failed('error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused'),
    { ...not('error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused'), isUnreachable: true },
  ],
]

for (const [title, answer, expected] of rows) {
  t.test(`callQuit(): ${title}`, async t => {
    const calls: unknown[] = []
    const request: Cluster['request'] = async (...args) => {
      calls.push(args)
      return answer
    }
    // No other call is made, or the test fails.
    t.strictSame(await callQuit({ request } as Cluster, target, { way: 'http', exit: 0, ...quit }, calm), expected)
    t.strictSame(calls, [[target, quit, calm]])
  })
}

t.test('callQuit() rejects with what the call rejects with', async t => {
  const request: Cluster['request'] = async () => Promise.reject(new Error('enough'))
  await t.rejects(callQuit({ request } as Cluster, target, { way: 'http', exit: 0, ...quit }, calm), new Error('enough'))
})
