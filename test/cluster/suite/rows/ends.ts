import { inOrder } from '../comparison.ts'
import { distroless, jobOf, listed, main, sidecar, willExit } from '../containers.ts'
import { always, by, completedOrTold, ended, kept, toldOrCompleted, type Row } from '../row.ts'

const two = { 'sidecar-reaper/sidecars': 'one,two' }
const killed = { states: { sidecar: '137' } }

/** Sidecars that are left over, and how they end. */
export const ends: readonly Row[] = [
  {
    title: 'plain',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed })],
    expect: by(completedOrTold),
  },
  {
    title: 'plain, exit code 0 known',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: { ...listed, ...willExit(0) } })],
    expect: by(toldOrCompleted),
  },
  {
    title: 'two sidecars',
    objects: place => [jobOf(place, [main(), sidecar('one'), sidecar('two')], { annotations: two })],
    expect: by(completedOrTold, { main: 'start exit 0', one: 'start TERM exit 0', two: 'start TERM exit 0' }),
  },
  {
    title: 'one of two sidecars ended before the main, with 0',
    objects: place => [jobOf(place, [main('main', { after: 1.5 }), sidecar('one', {}, { exit: 0 }), sidecar('two')], { annotations: two })],
    expect: by(completedOrTold, { main: 'start exit 0', one: 'start exit 0', two: 'start TERM exit 0' }),
  },
  {
    title: 'one of two sidecars ended before the main, with 1',
    objects: place => [jobOf(place, [main('main', { after: 1.5 }), sidecar('one', {}, { exit: 1 }), sidecar('two')], { annotations: two })],
    expect: {
      ...by(completedOrTold, { main: 'start exit 0', one: 'start exit 1', two: 'start TERM exit 0' }),
      signal: kept('refuse dirty-exit', { main: 'start exit 0', one: 'start exit 1', two: 'start' }),
    },
  },
  {
    title: 'a sidecar that ends by itself within the settle delay',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', {}, { exit: 0, after: 1.5 })], {
        annotations: { ...listed, 'sidecar-reaper/settle': '12s' },
      }),
    ],
    settle: 12,
    isSlow: true,
    expect: always(kept(/^(?!end)/, { main: 'start exit 0', sidecar: 'start exit 0' }, { job: 'Complete' })),
  },
  {
    title: 'a sidecar that is never ready',
    objects: place => {
      const readinessProbe = { tcpSocket: { port: 1 }, periodSeconds: 1 }
      return [jobOf(place, [main(), sidecar('sidecar', {}, {}, { readinessProbe })], { annotations: listed })]
    },
    expect: by(completedOrTold),
  },
  {
    title: 'an image with nothing but its program',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', {}, {}, distroless)], { annotations: listed })],
    expect: {
      ...by(completedOrTold),
      signal: kept('wait claimed', undefined, {
        outcomes: ['failed'],
        tried: [/^signal sidecar: .*(not found|no such file)/],
        calls: { claims: 1 },
      }),
    },
  },
  {
    title: 'an image with nothing but its program, exit code 0 promised',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', {}, {}, distroless)], { annotations: { ...listed, ...willExit(0) } })],
    expect: {
      all: ended('complete', undefined, { tried: [/^signal sidecar: .*(not found|no such file)/], calls: { claims: 1, completions: 1 } }),
    },
  },
  {
    title: 'PID 1 deaf to TERM',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', { TERM: 'ignore' })], { annotations: listed })],
    isSlow: true,
    expect: {
      ...by(completedOrTold, { main: 'start exit 0', sidecar: 'start TERM' }, killed),
      signal: kept(
        'wait claimed',
        { main: 'start exit 0', sidecar: 'start TERM' },
        {
          outcomes: ['failed'],
          tried: [/^signal sidecar: it still runs 8 s after it was told/],
          calls: { claims: 1, execs: 1 },
        },
      ),
    },
  },
  {
    title: 'PID 1 deaf to TERM, exit code 0 promised',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', { TERM: 'ignore' })], { annotations: { ...listed, ...willExit(0) } })],
    isSlow: true,
    expect: {
      all: ended(
        'complete',
        { main: 'start exit 0', sidecar: 'start TERM TERM' },
        {
          ...killed,
          tried: [/^signal sidecar: it still runs 8 s after it was told/],
          calls: { claims: 1, completions: 1, execs: 1 },
        },
      ),
    },
  },
  {
    title: 'a preStop hook',
    objects: place => {
      const command = ['/actor', '--name=hook', '--log=/scenario/events', '--exit=0']
      return [
        jobOf(place, [main(), sidecar('sidecar', {}, {}, { lifecycle: { preStop: { exec: { command } } } })], { annotations: listed }),
      ]
    },
    expect: {
      ...by(completedOrTold, { main: 'start exit 0', hook: 'start exit 0', sidecar: 'start TERM exit 0' }),
      signal: ended('signal'), // hooks are the kubelet's, for ends of its own making
    },
    check: ({ lines }, variant) =>
      variant === 'signal' ? [] : [inOrder('the hook comes first', lines, ['hook exit 0', 'sidecar signal TERM'])],
  },
  {
    title: 'a slow drain is told once',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '0:5' })], { annotations: listed, pod: { terminationGracePeriodSeconds: 10 } }),
    ],
    isSlow: true,
    expect: by(completedOrTold),
  },
  {
    title: 'not root, read-only root, no capabilities',
    objects: place => {
      const securityContext = {
        runAsUser: 65534,
        runAsGroup: 65534,
        runAsNonRoot: true,
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      }
      return [
        jobOf(place, [main('main', {}, { securityContext }), sidecar('sidecar', {}, {}, { securityContext })], { annotations: listed }),
      ]
    },
    expect: by(completedOrTold),
  },
  {
    title: 'a native sidecar beside a plain one',
    objects: place => {
      const initContainers = [sidecar('native', {}, {}, { restartPolicy: 'Always' })]
      return [jobOf(place, [main(), sidecar()], { annotations: listed, pod: { initContainers } })]
    },
    expect: {
      ...by(completedOrTold, { main: 'start exit 0', sidecar: 'start TERM exit 0', native: 'start TERM exit 0' }),
      signal: ended('signal', { main: 'start exit 0', sidecar: 'start TERM exit 0', native: 'start TERM exit 0' }, { calls: { execs: 1 } }),
    },
    check: ({ lines }) => [inOrder('the kubelet ends the native sidecar last', lines, ['sidecar exit 0', 'native signal TERM'])],
  },
  {
    title: 'a settle delay of its own',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: { ...listed, 'sidecar-reaper/settle': '6s' } })],
    settle: 6,
    isSlow: true,
    expect: by(completedOrTold),
  },
  {
    title: 'a signal of its own',
    objects: place => {
      const annotations = { ...listed, 'sidecar-reaper/containers': '{"sidecar": {"signal": "INT", "exit": 0}}' }
      return [jobOf(place, [main(), sidecar('sidecar', { TERM: '1' })], { annotations })]
    },
    expect: {
      ...by(toldOrCompleted, { main: 'start exit 0', sidecar: 'start INT exit 0' }),
      complete: ended('complete', { main: 'start exit 0', sidecar: 'start TERM exit 1' }), // the kubelet knows TERM only
    },
  },
  {
    title: 'a Job that goes once it is Complete',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '0:1' })], { annotations: listed, spec: { ttlSecondsAfterFinished: 0 } }),
    ],
    expect: by(completedOrTold, undefined, { job: 'gone', verdict: /./ }),
  },
]
