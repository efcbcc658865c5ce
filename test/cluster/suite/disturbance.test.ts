import t from 'tap'
import type { ContainerStatus, Pod } from '../harness/objects.ts'
import { disturbance } from './disturbance.ts'
import type { PodHistory } from './history.ts'
import { lagSeconds } from './lag.ts'

const RUNNING = { running: { startedAt: '' } }
const ENDED = { terminated: { exitCode: 0, startedAt: '', finishedAt: '' } }

/** A pod of one container, as it was at each second. */
function historyOf(states: Record<number, [ContainerStatus['state'], number] | 'gone'>, phase = 'Running'): PodHistory {
  const moments = Object.entries(states)
  const metadata = { name: 'p', namespace: 'n', uid: 'u', resourceVersion: '1', creationTimestamp: '' }
  const version = ([, moment]: (typeof moments)[number]): Pod => {
    const [state, restartCount] = moment === 'gone' ? [RUNNING, 0] : moment
    return { metadata, spec: {}, status: { phase, containerStatuses: [{ name: 'sidecar', restartCount, state }] } }
  }
  return {
    versions: moments.map(version),
    seen: moments.map(([second]) => at(second)),
    isGone: moments.some(([, moment]) => moment === 'gone'),
  }
}

const at = (second: number | string): Date => new Date(Number(second) * 1000)
const exit = (second: number, name = 'sidecar') => ({ at: at(second), pod: 'u', name, event: 'exit 0' })
const start = { ...exit(0), event: 'start' }

t.test('lagSeconds() is from the word of an actor to the first version of its pod that shows its end', async t => {
  const shown = historyOf({ 0: [RUNNING, 0], 3: [RUNNING, 0], 9: [ENDED, 0], 30: [ENDED, 0] })
  t.equal(lagSeconds({ pods: [shown], lines: [start, exit(2)] }, at(40)), 7)
  t.equal(lagSeconds({ pods: [shown], lines: [start, exit(2, 'hook')] }, at(40)), 0, 'of a program that is no container there is no status')
  t.equal(lagSeconds({ pods: [shown], lines: [{ ...exit(2), pod: 'other' }] }, at(40)), 0)
  t.equal(lagSeconds({ pods: [], lines: [] }, at(40)), 0)
})

t.test('lagSeconds() holds each life of a container against what shows its own end', async t => {
  const again = historyOf({ 0: [RUNNING, 0], 4: [ENDED, 0], 5: [RUNNING, 1], 21: [ENDED, 1] })
  t.equal(lagSeconds({ pods: [again], lines: [exit(3), exit(10)] }, at(40)), 11)
  const unseen = historyOf({ 0: [RUNNING, 0], 5: [RUNNING, 1] })
  t.equal(lagSeconds({ pods: [unseen], lines: [exit(3)] }, at(40)), 2, 'a restart shows it too')
})

t.test('lagSeconds() of an end that was never shown goes on until now, or until the pod went', async t => {
  t.equal(lagSeconds({ pods: [historyOf({ 0: [RUNNING, 0] })], lines: [exit(3)] }, at(40)), 37)
  t.equal(lagSeconds({ pods: [historyOf({ 0: [RUNNING, 0], 6: 'gone' })], lines: [exit(3)] }, at(40)), 3)
})

t.test('disturbance() names what no sweep can change, and nothing where there was no such thing', async t => {
  const prompt = historyOf({ 0: [RUNNING, 0], 5: [ENDED, 0] })
  t.equal(disturbance({ pods: [prompt], lines: [exit(2)] }, at(40)), '')
  const late = historyOf({ 0: [RUNNING, 0], 8: [ENDED, 0] })
  t.equal(disturbance({ pods: [late], lines: [exit(2)] }, at(40)), "a container's end was in its pod's status only 6.0 s later")
  const [before, after] = [historyOf({ 0: [RUNNING, 0] }, 'Succeeded'), historyOf({ 1: [ENDED, 0] })]
  const back: PodHistory = { versions: [...before.versions, ...after.versions], seen: [...before.seen, ...after.seen], isGone: false }
  t.equal(disturbance({ pods: [back], lines: [] }, at(40)), 'the kubelet took a completed phase back')
})
