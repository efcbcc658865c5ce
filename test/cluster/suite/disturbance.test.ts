import t from 'tap'
import type { ContainerStatus, Pod } from '../harness/objects.ts'
import { disturbance } from './disturbance.ts'
import type { PodHistory } from './history.ts'
import { lagSeconds } from './lag.ts'

const OURS = { isOurCluster: true }
const RUNNING = { running: { startedAt: '' } }
const ENDED = { terminated: { exitCode: 0, startedAt: '', finishedAt: '' } }
const BACK_OFF = { waiting: { reason: 'CrashLoopBackOff' } }

/** A pod of one container, as it was at each second. */
function historyOf(states: Record<number, [ContainerStatus['state'], number] | 'gone'>, phase = 'Running'): PodHistory {
  const moments = Object.entries(states)
  const metadata = { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
  const version = ([, moment]: (typeof moments)[number]): Pod => {
    const [state, restartCount] = moment === 'gone' ? [RUNNING, 0] : moment
    return { metadata, spec: {}, status: { phase, containerStatuses: [{ name: 'sidecar', restartCount, state, lastState: ENDED }] } }
  }
  return {
    versions: moments.map(version),
    seen: moments.map(([second]) => at(second)),
    isGone: moments.some(([, moment]) => moment === 'gone'),
  }
}

const at = (second: number | string): Date => new Date(Number(second) * 1000)
const exit = (second: number, name = 'sidecar') => ({ at: at(second), pod: 'u', name, event: 'exit 0' })
const start = (second: number) => ({ ...exit(second), event: 'start' })

t.test('lagSeconds() is from the word of an actor to the first version of its pod that shows its end', async t => {
  const shown = historyOf({ 0: [RUNNING, 0], 3: [RUNNING, 0], 9: [ENDED, 0], 30: [ENDED, 0] })
  t.equal(lagSeconds({ pods: [shown], lines: [start(0), exit(2)] }, at(40)), 7)
  t.equal(
    lagSeconds({ pods: [shown], lines: [start(0), exit(2, 'hook')] }, at(40)),
    0,
    'of a program that is no container there is no status',
  )
  t.equal(lagSeconds({ pods: [shown], lines: [start(0), { ...exit(2), pod: 'other' }] }, at(40)), 0)
  t.equal(lagSeconds({ pods: [], lines: [] }, at(40)), 0)
})

t.test('lagSeconds() holds each life of a container against what shows its own end', async t => {
  const again = historyOf({ 0: [RUNNING, 0], 4: [ENDED, 0], 5: [RUNNING, 1], 21: [ENDED, 1] })
  t.equal(lagSeconds({ pods: [again], lines: [start(0), exit(3), start(5), exit(10)] }, at(40)), 11)
  const unseen = historyOf({ 0: [RUNNING, 0], 5: [RUNNING, 1] })
  t.equal(lagSeconds({ pods: [unseen], lines: [start(0), exit(3)] }, at(40)), 2, 'a restart shows it too')
  const backingOff = historyOf({ 0: [RUNNING, 0], 4: [BACK_OFF, 0], 30: [RUNNING, 1] })
  t.equal(lagSeconds({ pods: [backingOff], lines: [start(0), exit(3)] }, at(40)), 1, 'so does the wait for one')
  const killed = historyOf({ 0: [RUNNING, 0], 5: [RUNNING, 1], 39: [ENDED, 1] })
  t.equal(lagSeconds({ pods: [killed], lines: [start(0), start(5), exit(20)] }, at(40)), 19, 'a life that was killed writes no exit')
})

t.test('lagSeconds() of an end that was never shown goes on until now, or until the pod went', async t => {
  t.equal(lagSeconds({ pods: [historyOf({ 0: [RUNNING, 0] })], lines: [start(0), exit(3)] }, at(40)), 37)
  t.equal(lagSeconds({ pods: [historyOf({ 0: [RUNNING, 0], 6: 'gone' })], lines: [start(0), exit(3)] }, at(40)), 3)
})

t.test('disturbance() names what no sweep can change, and nothing where there was no such thing', async t => {
  const prompt = historyOf({ 0: [RUNNING, 0], 5: [ENDED, 0] })
  t.equal(disturbance({ pods: [prompt], lines: [start(0), exit(2)] }, at(40), OURS), '')
  const late = historyOf({ 0: [RUNNING, 0], 8: [ENDED, 0] })
  t.equal(
    disturbance({ pods: [late], lines: [start(0), exit(2)] }, at(40), OURS),
    "a container's end was in its pod's status only 6.0 s later",
  )
  t.equal(disturbance({ pods: [late], lines: [start(0), exit(2)] }, at(40), { isOurCluster: false }), '', 'whose clock is right?')
  const [before, after] = [historyOf({ 0: [RUNNING, 0] }, 'Succeeded'), historyOf({ 1: [ENDED, 0] })]
  const back: PodHistory = { versions: [...before.versions, ...after.versions], seen: [...before.seen, ...after.seen], isGone: false }
  t.equal(disturbance({ pods: [back], lines: [] }, at(40), OURS), 'the kubelet took a completed phase back')
})
