import { setTimeout as sleep } from 'node:timers/promises'
import { hasEnded, isWaiting } from '../../harness/objects.ts'
import { jobOf, listed, main, missingImage, sidecar } from '../containers.ts'
import { latest } from '../history.ts'
import { always, by, completedOrTold, ended, kept, times, toldOrCompleted, type Row } from '../row.ts'

const failed = { main: 'start exit 3', sidecar: 'start TERM exit 0' }

/** What mains may do before a sidecar is left over. */
export const mains: readonly Row[] = [
  {
    title: 'the main fails under Never, no retry',
    objects: place => [jobOf(place, [main('main', { exit: 3 }), sidecar()], { annotations: listed, spec: { backoffLimit: 0 } })],
    expect: by(toldOrCompleted, failed, { job: 'Failed' }),
  },
  {
    title: 'the main fails under Never, one retry',
    objects: place => [jobOf(place, [main('main', { exit: 3 }), sidecar()], { annotations: listed })],
    isSlow: true,
    expect: times(2, by(toldOrCompleted, failed, { job: 'Failed' })),
  },
  {
    title: 'the main fails and the sidecar exits 143',
    objects: place => [
      jobOf(place, [main('main', { exit: 3 }), sidecar('sidecar', { TERM: '143' })], { annotations: listed, spec: { backoffLimit: 0 } }),
    ],
    expect: by(toldOrCompleted, { main: 'start exit 3', sidecar: 'start TERM exit 143' }, { job: 'Failed' }),
  },
  {
    title: 'the main fails, onMainFailure leave',
    objects: place => [jobOf(place, [main('main', { exit: 3 }), sidecar()], { annotations: listed, spec: { backoffLimit: 0 } })],
    settings: { onMainFailure: 'leave' },
    expect: always(kept('leave main-failed', { main: 'start exit 3', sidecar: 'start' })),
  },
  {
    title: 'the main is killed for its memory',
    objects: place => {
      const hungry = main('main', { eatMemoryMib: 200 }, { resources: { limits: { memory: '50Mi' } } })
      return [jobOf(place, [hungry, sidecar()], { annotations: listed, spec: { backoffLimit: 0 } })]
    },
    expect: by(toldOrCompleted, { main: 'start', sidecar: 'start TERM exit 0' }, { job: 'Failed', states: { main: '137' } }),
  },
  {
    title: 'OnFailure, the main fails twice before it succeeds',
    objects: place => [
      jobOf(place, [main('main', { failTimes: 2 }), sidecar()], {
        annotations: listed,
        pod: { restartPolicy: 'OnFailure' },
        spec: { backoffLimit: 6 },
      }),
    ],
    seconds: 110, // the kubelet waits 10 s before the second restart, and 20 s before the third
    expect: by(completedOrTold, { main: 'start exit 1 start exit 1 start exit 0', sidecar: 'start TERM exit 0' }),
  },
  {
    title: 'two mains',
    objects: place => [jobOf(place, [main('one'), main('two', { after: 5 }), sidecar()], { annotations: listed })],
    mains: ['one', 'two'],
    expect: by(completedOrTold, { one: 'start exit 0', two: 'start exit 0', sidecar: 'start TERM exit 0' }),
  },
  {
    title: 'one main ended, the other waits for its image',
    objects: place => [jobOf(place, [main('one'), main('two', {}, missingImage), sidecar()], { annotations: listed })],
    mains: ['one', 'two'],
    expect: always(kept('wait main-waiting', { one: 'start exit 0', sidecar: 'start' }, { states: { two: 'ErrImageNeverPull' } })),
  },
  {
    title: 'the main is done before its sidecar starts',
    objects: place => {
      const waiting = sidecar('sidecar', {}, {}, { envFrom: [{ configMapRef: { name: 'later' } }] })
      return [jobOf(place, [main(), waiting], { annotations: listed })]
    },
    // Long enough for sweeps to judge the pod as it is.
    async during({ apply, until }) {
      await until(
        'the main has ended and the sidecar waits',
        ([pod]) => pod !== undefined && hasEnded(latest(pod), 'main') && isWaiting(latest(pod), 'sidecar'),
      )
      await sleep(6000)
      await apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'later' } })
    },
    expect: {
      ...by(completedOrTold, { main: 'start exit 0' }, { states: { sidecar: '137' } }),
      signal: ended('signal', undefined, {
        events: ['Pod SidecarsRefused', 'Job SidecarsRefused', 'Pod SidecarsEnded', 'Job SidecarsEnded'],
      }),
    },
  },
  {
    title: 'an Indexed Job of three',
    objects: place => [
      jobOf(place, [main(), sidecar()], { annotations: listed, spec: { completions: 3, parallelism: 2, completionMode: 'Indexed' } }),
    ],
    expect: times(3, by(completedOrTold)),
  },
]
