import t from 'tap'
import type { Cluster, ExecAnswer } from '../../../runtime/cluster.ts'
import { execCommand } from '../../../runtime/way/exec.ts'
import type { Told } from '../../../runtime/way/told.ts'

const target = { namespace: 'shop', name: 'report-1', container: 'proxy', containerID: 'containerd://abc' }
const calm = new AbortController().signal
const argv = ['pilot-agent', 'request', 'POST', 'quitquitquit']

const exited = (code: number, complaint = ''): ExecAnswer => ({ kind: 'exited', code, output: 'kept by nobody', complaint })
const failed = (error: string, code: Extract<ExecAnswer, { kind: 'failed' }>['code'] = 'server'): ExecAnswer => ({
  kind: 'failed',
  error,
  code,
})

const told: Told = { kind: 'told', error: '', isUnreachable: false }
const maybe: Told = { kind: 'maybe', error: '', isUnreachable: false }
const unlikely = (error: string): Told => ({ kind: 'unlikely', error, isUnreachable: false })
const not = (error: string): Told => ({ kind: 'failed', error, isUnreachable: false })

const CONTAINERD =
  'OCI runtime exec failed: exec failed: unable to start container process: exec: "pilot-agent": executable file not found in $PATH: unknown'

const rows: readonly [string, ExecAnswer, Told][] = [
  ['the command succeeds', exited(0), told],
  ['it dies with its container', exited(137), maybe],
  ['or is told too', exited(143), maybe],
  ['it fails', exited(1, 'connection refused'), unlikely('pilot-agent exited 1: connection refused')],
  ['it fails without a word', exited(2), unlikely('pilot-agent exited 2: ')],
  ['containerd finds no such program', failed(CONTAINERD), not(CONTAINERD)],
  ['CRI-O finds no such program', exited(127, 'not found'), not('pilot-agent exited 127: not found')],
  ['the container does not run', failed('container not found ("proxy")'), not('container not found ("proxy")')],
  ['not allowed', failed('needs verb create on resource pods/exec', 'forbidden'), not('needs verb create on resource pods/exec')],
  ['an admission policy says no', failed('refused by an admission policy', 'forbidden'), not('refused by an admission policy')],
  ['the pod is gone', failed('not found', 'not-found'), not('not found')],
  [
    'no answer: it may have run',
    failed('no complete answer', 'unreachable'),
    { kind: 'maybe', error: 'no complete answer', isUnreachable: true },
  ],
  [
    'the kubelet takes no connection: it has not run',
    failed('error dialing backend: dial tcp 10.0.0.1:10250: i/o timeout'),
    { kind: 'failed', error: 'error dialing backend: dial tcp 10.0.0.1:10250: i/o timeout', isUnreachable: true },
  ],
]

for (const [title, answer, expected] of rows) {
  t.test(`execCommand(): ${title}`, async t => {
    const calls: unknown[] = []
    const exec: Cluster['exec'] = async (...args) => {
      calls.push(args)
      return answer
    }
    // No other call is made, or the test fails.
    t.strictSame(await execCommand({ exec } as Cluster, target, { way: 'exec', argv, exit: 0 }, calm), expected)
    t.strictSame(calls, [[target, argv, calm]])
  })
}

t.test('execCommand() shows a program of a stranger in printable characters, and not all of them', async t => {
  const exec: Cluster['exec'] = async () => exited(1, '\u001b[2J')
  const way = { way: 'exec', argv: [`\u001b${'x'.repeat(100)}`], exit: null } as const
  t.match((await execCommand({ exec } as Cluster, target, way, calm)).error, /^\\u\{1b\}x{20,58}… exited 1: \\u\{1b\}\[2J$/)
})

t.test('execCommand() rejects with what the call rejects with', async t => {
  const exec: Cluster['exec'] = async () => Promise.reject(new Error('enough'))
  await t.rejects(execCommand({ exec } as Cluster, target, { way: 'exec', argv, exit: 0 }, calm), new Error('enough'))
})
