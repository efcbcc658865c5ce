import fc from 'fast-check'
import type { Container, ContainerState, ContainerStatus, Pod } from '../../runtime/pod.ts'

/** When every generated verdict is asked for; generated times lie around it. */
export const NOW = new Date('2026-11-24T03:10:00Z')

const time = fc.integer({ min: -3600, max: 90 }).map(seconds => new Date(NOW.getTime() + seconds * 1000).toISOString())
const NOTICED = { type: 'ContainersReady', status: 'False', lastTransitionTime: '2026-11-24T03:09:59Z' }
const exitCode = fc.constantFrom(0, 0, 0, 1, 7, 42, 137, 143)

const terminated = fc.record({ exitCode, finishedAt: time }).map((terminated): ContainerState => ({ terminated }))
const running = fc.constant<ContainerState>({ running: { startedAt: '2026-11-24T02:00:00Z' } })
const waiting = fc
  .constantFrom('CrashLoopBackOff', 'ImagePullBackOff', 'ContainerCreating', undefined)
  .map((reason): ContainerState => ({ waiting: reason ? { reason } : {} }))
const broken = fc.constantFrom<ContainerState>({}, { terminated: { exitCode: 0 } }, { terminated: {} })

const state = fc.oneof(
  { weight: 8, arbitrary: terminated },
  { weight: 5, arbitrary: running },
  { weight: 2, arbitrary: waiting },
  { weight: 1, arbitrary: broken },
)
const lastState = fc.oneof({ weight: 4, arbitrary: fc.constant<ContainerState>({}) }, { weight: 1, arbitrary: terminated })

const policy = fc.constantFrom('Never', 'Never', 'OnFailure', 'Always')
const rule = fc.record({
  action: fc.constantFrom('Restart', 'Restart', 'Restart', 'RestartAllContainers', 'Sing'),
  exitCodes: fc.record({
    operator: fc.constantFrom('In', 'In', 'NotIn', 'Between'),
    values: fc.uniqueArray(exitCode, { minLength: 1, maxLength: 4 }),
  }),
})

const policies = fc.oneof(
  { weight: 6, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: policy.map(restartPolicy => ({ restartPolicy })) },
  { weight: 1, arbitrary: fc.record({ restartPolicy: policy, restartPolicyRules: fc.array(rule, { maxLength: 3 }) }) },
)

const signals = fc.constantFrom('SIGTERM', 'SIGINT', 'SIGKILL', undefined)

interface Part {
  readonly spec: Container
  readonly status: ContainerStatus | undefined
}

function part(name: string, states: fc.Arbitrary<ContainerState>, kinds: fc.Arbitrary<object>): fc.Arbitrary<Part> {
  return fc
    .record({ kind: kinds, signal: signals, state: states, last: lastState, hasStatus: fc.integer({ min: 0, max: 40 }) })
    .map(({ kind, signal, state, last, hasStatus }) => ({
      spec: { name, image: `acme/${name}`, ...kind, ...(signal && { lifecycle: { stopSignal: signal } }) },
      status: hasStatus === 0 ? undefined : { name, containerID: `x://${name}-2`, state, lastState: last },
    }))
}

const NAMES = ['a', 'b', 'c', 'd']
const detail = fc.record(
  { exit: exitCode, signal: fc.constantFrom('TERM', 'INT'), grace: fc.constantFrom('0s', '1m30s') },
  { requiredKeys: [] },
)
const list = fc.subarray([...NAMES, 'istio-proxy', 'gone'])

const annotations = fc.record(
  {
    'sidecar-reaper/sidecars': list.map(names => names.join(', ')),
    'sidecar-reaper/mains': list.map(names => names.join(',')),
    'nrmitchi.com/sidecars': list.map(names => names.join(',')),
    'sidecar-reaper/containers': fc.dictionary(fc.constantFrom(...NAMES), detail).map(details => JSON.stringify(details)),
    'sidecar-reaper/settle': fc.constantFrom('0s', '1m', 'soon'),
    'sidecar-reaper/claim': fc
      .record({
        by: fc.constantFrom('this-sweep', 'other'),
        ago: fc.integer({ min: -100, max: 1000 }),
        id: fc.constantFrom('x://a-1', 'x://a-2'),
      })
      .map(({ by, ago, id }) => JSON.stringify({ by, at: NOW.getTime() / 1000 - ago, way: 'signal', containers: { a: id } })),
    'sidecar.istio.io/status': fc.constant('{}'),
    'sidecar-reaper/ignore': fc.constantFrom('true', 'false', 'false'),
  },
  { requiredKeys: [] },
)

const USUAL_MAINS = 'c, d, istio-proxy'

/** Without those of the usual mains that the pod does not have. */
function withRealMains(annotations: Readonly<Record<string, string>>, names: readonly (string | undefined)[]): Record<string, string> {
  if (annotations['sidecar-reaper/mains'] !== USUAL_MAINS) return annotations
  return {
    ...annotations,
    'sidecar-reaper/mains': USUAL_MAINS.split(', ')
      .filter(name => names.includes(name))
      .join(', '),
  }
}

// The usual: sidecars a and b of main c are listed; now and then anything.
const someAnnotations = fc.oneof(
  {
    weight: 3,
    arbitrary: annotations.map(given => ({
      ...given,
      'sidecar-reaper/sidecars': 'a, b',
      'sidecar-reaper/mains': USUAL_MAINS,
      'sidecar-reaper/ignore': 'false',
    })),
  },
  { weight: 1, arbitrary: annotations },
)

const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) })

/** Pods of every kind that the rules tell apart, most of them with mains that have ended. */
export const pods: fc.Arbitrary<Pod> = fc
  .record({
    restartPolicy: policy,
    annotations: someAnnotations,
    phase: mostly<string | undefined>('Running', 'Pending', 'Succeeded', 'Unknown', undefined),
    condition: mostly<object | undefined>(undefined, { type: 'DisruptionTarget' }, { type: 'AllContainersRestarting' }, NOTICED),
    deletionTimestamp: mostly<string | undefined>(undefined, '2026-11-24T03:10:30Z'),
    flags: fc.record({ hostPID: mostly(false, true), shareProcessNamespace: mostly(false, true) }),
    mains: fc.tuple(part('c', state, policies), part('d', fc.oneof({ weight: 5, arbitrary: terminated }, state), policies)),
    sidecars: fc.tuple(part('a', state, policies), part('b', state, policies), part('istio-proxy', state, policies)),
    inits: fc.tuple(
      part(
        'setup',
        fc.oneof(
          { weight: 9, arbitrary: fc.constant<ContainerState>({ terminated: { exitCode: 0, finishedAt: '2026-11-24T02:00:00Z' } }) },
          state,
        ),
        fc.constant({}),
      ),
      part('native', state, fc.constant({ restartPolicy: 'Always' })),
    ),
    taken: fc.record({ d: fc.boolean(), b: fc.boolean(), istio: fc.boolean(), setup: fc.boolean(), native: fc.boolean() }),
  })
  .map(
    ({
      restartPolicy,
      annotations,
      phase,
      condition,
      deletionTimestamp,
      flags,
      mains: [c, d],
      sidecars: [a, b, istio],
      inits: [setup, native],
      taken,
    }) => {
      const apps = [c, a, ...(taken.d ? [d] : []), ...(taken.b ? [b] : []), ...(taken.istio ? [istio] : [])]
      const inits = [...(taken.setup ? [setup] : []), ...(taken.native ? [native] : [])]
      return {
        metadata: {
          name: 'p',
          namespace: 'team-a',
          labels: { 'batch.kubernetes.io/job-name': 'j' },
          annotations: withRealMains(
            annotations,
            apps.map(({ spec }) => spec.name),
          ),
          ...(deletionTimestamp && { deletionTimestamp }),
        },
        spec: { restartPolicy, ...flags, containers: apps.map(({ spec }) => spec), initContainers: inits.map(({ spec }) => spec) },
        status: {
          ...(phase && { phase }),
          ...(condition && { conditions: [{ status: 'True', ...condition }] }),
          containerStatuses: apps.flatMap(({ status }) => (status ? [status] : [])),
          initContainerStatuses: inits.flatMap(({ status }) => (status ? [status] : [])),
        },
      }
    },
  )

/** As a settings file has them. */
export interface GivenSettings {
  readonly onDirtyExit?: string
  readonly [name: string]: unknown
}

/** Settings that a verdict depends on: every kind of way, each with the other settings at one of their values. */
export const SETTINGS: readonly GivenSettings[] = [
  {},
  { mode: 'enforce', settle: '0s', sidecars: ['a', 'b'] },
  { mode: 'report', ways: ['complete'], sidecars: ['a', 'c'] },
  { ways: ['signal'] },
  { ways: ['signal'], onDirtyExit: 'end', sidecars: ['a', 'b'] },
  { ways: ['signal', 'complete'], onMainFailure: 'leave', settle: '1m' },
  { ways: ['exec', 'http'] },
  { onDirtyExit: 'end' },
]
