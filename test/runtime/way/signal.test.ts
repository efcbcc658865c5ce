import t from 'tap'
import type { Cluster, ExecAnswer } from '../../../runtime/cluster.ts'
import { LIST_PROCESSES } from '../../../runtime/way/processes.ts'
import { signalContainer } from '../../../runtime/way/signal.ts'
import type { Told } from '../../../runtime/way/told.ts'
import type { Way } from '../../../runtime/verdict.ts'

type SignalWay = Extract<Way, { way: 'signal' }>

const target = { namespace: 'shop', name: 'report-1', container: 'proxy' }
const calm = new AbortController().signal
const pid1: SignalWay = { way: 'signal', signal: 'TERM', process: 'pid1', exit: null }

const exited = (code: number, complaint = '', output = ''): ExecAnswer => ({ kind: 'exited', code, output, complaint })
const failed = (error: string, code: Extract<ExecAnswer, { kind: 'failed' }>['code'] = 'server'): ExecAnswer => ({
  kind: 'failed',
  error,
  code,
})
const missing = (program: string) =>
  failed(`OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": executable file not found in $PATH`)

/** Signals with these answers, one an exec; gives the result and the commands that were run. */
async function signalled(way: SignalWay, answers: readonly ExecAnswer[], containerID = 'containerd://abc'): Promise<[Told, ...string[]]> {
  const commands: string[] = []
  const exec: Cluster['exec'] = async (_, argv) => {
    commands.push(argv.join(' '))
    const answer = answers[commands.length - 1]
    if (answer === undefined) throw new RangeError(`No answer for ${argv.join(' ')}`)
    return answer
  }
  return [await signalContainer({ exec } as Cluster, { ...target, containerID }, way, calm), ...commands]
}

const TOLD = { kind: 'told', error: '', isUnreachable: false }
const MAYBE = { kind: 'maybe', error: '', isUnreachable: false }
const KILL = 'kill -TERM 1'
const SHELL = 'sh -c kill -TERM 1'

const rows: readonly [string, readonly ExecAnswer[], Told | object, readonly string[]][] = [
  ['kill answers 0', [exited(0)], TOLD, [KILL]],
  ['the exec dies with the container', [exited(137)], MAYBE, [KILL]],
  ['or is told too', [exited(143)], MAYBE, [KILL]],
  [
    'kill is not allowed to',
    [exited(1, 'Operation not permitted')],
    { kind: 'unlikely', error: 'kill exited 1: Operation not permitted' },
    [KILL],
  ],
  ['containerd finds no kill, a shell has it built in', [missing('kill'), exited(0)], TOLD, [KILL, SHELL]],
  ['CRI-O finds no kill', [exited(127), exited(0)], TOLD, [KILL, SHELL]],
  [
    'neither is there: both are told',
    [missing('kill'), missing('sh')],
    { kind: 'failed', error: /"kill": executable.*; by a shell: .*"sh": executable/ },
    [KILL, SHELL],
  ],
  [
    'the container does not run',
    [failed('container not found ("proxy")')],
    { kind: 'failed', error: 'container not found ("proxy")' },
    [KILL],
  ],
  ['not allowed', [failed('needs verb create', 'forbidden')], { kind: 'failed', error: 'needs verb create', isUnreachable: false }, [KILL]],
  ['no answer: it may have run', [failed('no answer', 'unreachable')], { kind: 'maybe', error: 'no answer', isUnreachable: true }, [KILL]],
  [
    'the kubelet takes no connection: it has not run',
    [failed('error dialing backend: dial tcp 10.0.0.1:10250: connect: connection refused')],
    { kind: 'failed', isUnreachable: true },
    [KILL],
  ],
]

for (const [title, answers, result, commands] of rows) {
  t.test(`signalContainer() to PID 1: ${title}`, async t => {
    const [told, ...run] = await signalled(pid1, answers)
    t.match(told, result)
    t.strictSame(run, commands)
  })
}

const own: SignalWay = { ...pid1, process: 'own', signal: 'INT' }
const LIST = LIST_PROCESSES.join(' ')
const list = '1 0 1 9:x:/pause\n7 0 2 9:x:/abc\n8 0 3 9:x:/other\n9 0 4 9:x:/abc\nend 9\n'

t.test('signalContainer() in a shared process namespace: to the own process, never to PID 1', async t => {
  t.strictSame(await signalled(own, [exited(0, '', list), exited(0)]), [TOLD, LIST, 'kill -INT 7'])
  t.strictSame(await signalled(own, [exited(0, '', list), exited(127), exited(0)]), [TOLD, LIST, 'kill -INT 7', 'sh -c kill -INT 7'])
})

t.test('signalContainer() in a shared process namespace: nothing is signalled when the own process is not certain', async t => {
  const none = [exited(0, '', 'end 9'), missing('sh'), failed('no answer', 'unreachable'), exited(137), exited(2, 'sh: syntax error')]
  for (const answer of none) {
    const [told, ...run] = await signalled(own, [answer])
    t.match(told, { kind: 'failed', error: /./ })
    t.strictSame(run, [LIST])
  }
})
