import t from 'tap'
import { fate, isFinished, isTerminated } from '../../../runtime/ending/container.ts'
import type { ContainerStatus, Pod } from '../../../runtime/pod.ts'

const podWith = (status: ContainerStatus): Pod => ({ status: { containerStatuses: [{ name: 'main' }, { name: 'proxy', ...status }] } })
const ended = (exitCode: number, containerID?: string) => ({ terminated: { exitCode, ...(containerID && { containerID }) } })
const running = { running: {} }
const waiting = { waiting: { reason: 'CrashLoopBackOff' } }

const rows: readonly [string, ContainerStatus, string | null, object | undefined][] = [
  ['it runs', { containerID: 'a', state: running }, 'a', undefined],
  ['it has ended', { containerID: 'a', state: ended(143, 'a') }, 'a', { exit: 143, isRestarted: false }],
  ['the kubelet lost it: no id in the state', { containerID: 'a', state: ended(137) }, 'a', { exit: 137, isRestarted: false }],
  ['another one has ended', { containerID: 'b', state: ended(0, 'b') }, 'a', undefined],
  ['another one runs in its place', { containerID: 'b', state: running, lastState: ended(1, 'a') }, 'a', { exit: 1, isRestarted: true }],
  [
    'another one is to run in its place',
    { containerID: 'a', state: waiting, lastState: ended(1, 'a') },
    'a',
    { exit: 1, isRestarted: true },
  ],
  [
    'another one has ended in its place',
    { containerID: 'b', state: ended(0, 'b'), lastState: ended(2, 'a') },
    'a',
    { exit: 2, isRestarted: true },
  ],
  ['two others ran since', { containerID: 'c', state: running, lastState: ended(1, 'b') }, 'a', undefined],
  ['the last state without an id is nobody’s', { containerID: 'a', state: running, lastState: ended(1) }, 'a', undefined],
  ['it never started', { state: waiting }, null, undefined],
  ['it never started and never will', { state: ended(137) }, null, { exit: 137, isRestarted: false }],
  ['a state without an exit code', { containerID: 'a', state: { terminated: {} } }, 'a', undefined],
]

for (const [title, status, containerID, expected] of rows) {
  t.test(`fate(): ${title}`, async t => t.strictSame(fate(podWith(status), 'proxy', containerID), expected))
}

t.test('fate(): a pod without that container, or without status', async t => {
  t.equal(fate(podWith({}), 'other', 'a'), undefined)
  t.equal(fate({}, 'proxy', 'a'), undefined)
})

t.test('isTerminated() and isFinished()', async t => {
  t.strictSame([ended(0), running, waiting].map(state => isTerminated(podWith({ state }), 'proxy')), [true, false, false]) // prettier-ignore
  const phases = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown', undefined].map(phase =>
    isFinished(phase ? { status: { phase } } : {}),
  )
  t.strictSame(phases, [false, false, true, true, false, false])
})
