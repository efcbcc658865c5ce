import t from 'tap'
import type { ContainerStatus } from '../../../runtime/pod.ts'
import { stateText } from '../../../runtime/report/state.ts'

const now = new Date('2026-11-24T12:00:00Z')
const at = '2026-11-24T11:58:00Z'

function text(status: Omit<ContainerStatus, 'name'>): string {
  return stateText({ status: { containerStatuses: [{ name: 'a', ...status }] } }, 'a', now)
}

t.test('stateText() says every state in words, with code and age', async t => {
  t.equal(text({ state: { running: { startedAt: at } } }), 'running for 2m')
  t.equal(text({ state: { running: {} }, restartCount: 1 }), 'running, 1 restart')
  t.equal(text({ state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: at } } }), 'exited 0 2m ago')
  t.equal(text({ state: { terminated: { exitCode: 137, reason: 'OOMKilled', finishedAt: at } } }), 'exited 137 (OOMKilled) 2m ago')
  t.equal(text({ state: { waiting: { reason: 'ImagePullBackOff' } } }), 'waiting: ImagePullBackOff')
  const crashed = {
    state: { waiting: { reason: 'CrashLoopBackOff' } },
    lastState: { terminated: { exitCode: 1, reason: 'Error', finishedAt: at } },
    restartCount: 3,
  }
  t.equal(text(crashed), 'waiting to restart: CrashLoopBackOff, exited 1 2m ago, 3 restarts')
})

t.test('stateText() bears what is missing, wrong or hostile', async t => {
  t.equal(stateText({}, 'a', now), 'no status yet')
  t.equal(text({}), 'no status yet')
  t.equal(text({ state: {} }), 'waiting: no reason given')
  t.equal(text({ state: { terminated: {} } }), 'exited with no code')
  t.equal(text({ state: { running: { startedAt: '2026-11-24T13:00:00Z' } } }), 'running for 1h in the future')
  t.equal(text({ state: { running: { startedAt: 'soon' } } }), 'running')
  t.equal(text({ state: { waiting: { reason: '\x1b[2J' } } }), 'waiting: \\u{1b}[2J')
})

t.test('stateText() finds init containers too', async t => {
  t.equal(stateText({ status: { initContainerStatuses: [{ name: 'i', state: { running: {} } }] } }, 'i', now), 'running')
})
