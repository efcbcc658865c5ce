import { inOrder } from '../comparison.ts'
import { jobOf, listed, main, sidecar, willExit } from '../containers.ts'
import { by, completedOrTold, ended, kept, type Row } from '../row.ts'

const shared = { shareProcessNamespace: true }
const both = { main: 'start exit 0', one: 'start TERM exit 0', two: 'start TERM exit 0' }

/** Pods whose containers see each other's processes, or the node's. */
export const processes: readonly Row[] = [
  {
    title: 'shareProcessNamespace, one of two sidecars listed',
    // The one that is not listed is a main by that: the other is left over only when it has ended too.
    objects: place => [
      jobOf(place, [main(), sidecar('listed'), sidecar('unlisted', {}, { exit: 0, after: 6 })], {
        annotations: { 'sidecar-reaper/sidecars': 'listed' },
        pod: shared,
      }),
    ],
    mains: ['main', 'unlisted'],
    expect: {
      ...by(completedOrTold, { main: 'start exit 0', listed: 'start TERM exit 0', unlisted: 'start exit 0' }),
      signal: ended('signal', { main: 'start exit 0', listed: 'start TERM exit 0', unlisted: 'start exit 0' }, { calls: { execs: 2 } }),
    },
  },
  {
    title: 'shareProcessNamespace, two sidecars listed, exit code 0 known',
    objects: place => [
      jobOf(place, [main(), sidecar('one'), sidecar('two')], {
        annotations: { 'sidecar-reaper/sidecars': 'one,two', ...willExit(0, 'one', 'two') },
        pod: shared,
      }),
    ],
    expect: {
      all: ended('signal', both, { calls: { execs: 4 } }),
      signal: ended('signal', both, { calls: { execs: 4 } }),
      complete: ended('complete', both),
    },
  },
  {
    title: 'shareProcessNamespace, a native sidecar beside',
    objects: place => {
      const initContainers = [sidecar('native', {}, {}, { restartPolicy: 'Always' })]
      return [jobOf(place, [main(), sidecar()], { annotations: { ...listed, ...willExit(0) }, pod: { ...shared, initContainers } })]
    },
    expect: {
      all: ended('signal', { main: 'start exit 0', sidecar: 'start TERM exit 0', native: 'start TERM exit 0' }, { calls: { execs: 2 } }),
      signal: ended('signal', { main: 'start exit 0', sidecar: 'start TERM exit 0', native: 'start TERM exit 0' }, { calls: { execs: 2 } }),
      complete: ended('complete', { main: 'start exit 0', sidecar: 'start TERM exit 0', native: 'start TERM exit 0' }),
    },
    check: ({ lines }) => [inOrder('the kubelet ends the native sidecar last', lines, ['sidecar exit 0', 'native signal TERM'])],
  },
  {
    title: 'hostPID',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed, pod: { hostPID: true } })],
    expect: { ...by(completedOrTold), signal: kept('refuse no-way') },
  },
  {
    title: 'hostPID, exit code 0 known',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: { ...listed, ...willExit(0) }, pod: { hostPID: true } })],
    expect: { all: ended('complete') },
  },
]
