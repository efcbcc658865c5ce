import fc from 'fast-check'
import t from 'tap'
import type { Container, Pod } from '../../runtime/pod.ts'
import type { Policy } from '../../runtime/policy.ts'
import type { ContainerVerdict, Verdict } from '../../runtime/verdict.ts'
import { DURATION, durationSeconds } from '../../runtime/settings/duration.ts'
import { AROUND, policyOf } from './committed.ts'
import { hasEndedForGood, isRestartingAll, mayRestart, mayRestartAll } from './kubelet.ts'
import { type GivenSettings, NOW, pods, SETTINGS } from './pods.ts'

const policies = await Promise.all(SETTINGS.map(async given => ({ given, policy: await policyOf(given) })))

const defaults = { given: {}, policy: await policyOf() }

const chosen = fc.constantFrom(...policies)

interface Chosen {
  readonly given: GivenSettings
  readonly policy: Policy
}

function judged(pod: Pod, { policy }: Chosen): Verdict {
  return policy.verdict(policy.facts(pod), AROUND, NOW)
}

function spec(pod: Pod, name: string): Container {
  return pod.spec?.containers?.find(container => container.name === name) ?? {}
}

/** Runs over pods and settings; `law` gives false where it is broken. */
function holds(law: (pod: Pod, verdict: Verdict, given: Chosen['given']) => boolean): void {
  const broken = fc.property(pods, chosen, (pod, choice) => law(pod, judged(pod, choice), choice.given))
  fc.assert(broken, { numRuns: 1000 })
}

function mains({ containers }: Verdict): readonly ContainerVerdict[] {
  return containers.filter(({ role }) => role === 'main')
}

t.test('generated pods meet every decision, and most reasons', async t => {
  const reasons = new Set<string>()
  holds((_pod, { decision, reason }) => Boolean(reasons.add(`${decision} ${reason}`)))
  t.ok(reasons.size >= 18, [...reasons].join(', '))
  t.ok(reasons.has('end left-over'))
})

t.test('a pod is ended only when every main has ended for good', async () => {
  holds(
    (pod, verdict) =>
      verdict.decision !== 'end' ||
      (mains(verdict).length > 0 && mains(verdict).every(({ name }) => hasEndedForGood(pod, spec(pod, name)))),
  )
})

t.test('a pod is ended only when no exit so far restarts all its containers', async () => {
  holds((pod, { decision }) => decision !== 'end' || !isRestartingAll(pod))
})

t.test('a pod is ended only while nothing of its state is unknown and no init container has still to run', async () => {
  holds(
    (pod, { decision, containers }) =>
      decision !== 'end' ||
      containers.every(({ name, role, state }) => (role === 'init' ? hasSucceeded(pod, name) : role === 'native' || state !== 'unknown')),
  )
})

/** Without a time: of an init container that the runtime has removed the kubelet says no more than exit 0 (kubelet_pods.go, convertToAPIContainerStatuses). */
function hasSucceeded(pod: Pod, init: string): boolean {
  return pod.status?.initContainerStatuses?.find(({ name }) => name === init)?.state?.terminated?.exitCode === 0
}

t.test('mains, native sidecars and init containers are never left over and have no ways', async () => {
  holds((_pod, { containers }) =>
    containers.every(({ role, left_over: leftOver, ways }) => role === 'sidecar' || (!leftOver && ways.length === 0)),
  )
})

t.test('there are ways only for running sidecars of a pod that is ended', async () => {
  holds((_pod, { decision, containers }) =>
    containers.every(
      ({ ways, state, left_over: leftOver }) => ways.length === 0 || (decision === 'end' && leftOver && state === 'running'),
    ),
  )
})

t.test('an ending ends everything that is left over: by completing the pod, or by a way for each', async () => {
  holds(
    (_pod, { decision, complete, containers }) =>
      decision !== 'end' || complete !== 'no' || containers.every(({ left_over: leftOver, ways }) => !leftOver || ways.length > 0),
  )
})

t.test('nothing is told whose known exit restarts it, and nothing at all where a rule may restart all', async () => {
  holds((pod, { containers }, { onDirtyExit }) =>
    containers.every(
      ({ name, ways }) =>
        ways.length === 0 ||
        (!mayRestartAll(pod) &&
          (onDirtyExit === 'end' || ways.every(({ exit }) => exit === null || !mayRestart(pod, spec(pod, name), exit)))),
    ),
  )
})

t.test('nothing is told that restarts whatever its exit', async () => {
  const always = (pod: Pod, name: string) => (spec(pod, name).restartPolicy ?? pod.spec?.restartPolicy) === 'Always'
  holds(
    (pod, { containers }, { onDirtyExit }) =>
      onDirtyExit === 'end' || containers.every(({ name, ways }) => ways.length === 0 || !always(pod, name)),
  )
})

t.test('no pod is made worse than its mains earned unless the settings accept it, or an ending that began has done so', async () => {
  holds(
    (pod, { decision, earned, after }, { onDirtyExit }) =>
      decision !== 'end' ||
      onDirtyExit === 'end' ||
      after === earned ||
      after === 'Unknown' ||
      (after === 'Failed' && hasFailedWhenTold(pod)),
  )
})

function hasFailedWhenTold(pod: Pod): boolean {
  const { containers = {} } = JSON.parse(pod.metadata?.annotations?.['sidecar-reaper/claim'] ?? '{}') as {
    containers?: Record<string, string>
  } // generated so
  return (pod.status?.containerStatuses ?? []).some(
    ({ name = '', containerID, state }) => containers[name] === containerID && state?.terminated?.exitCode !== 0,
  )
}

t.test('what the mains earned is what their exit codes say', async () => {
  holds((pod, verdict) => {
    const codes = mains(verdict).map(
      ({ name }) => pod.status?.containerStatuses?.find(status => status.name === name)?.state?.terminated?.exitCode,
    )
    return verdict.earned === null || verdict.earned === (codes.every(code => code === 0) ? 'Succeeded' : 'Failed')
  })
})

t.test('only an ending has a phase after it, and only a wait says when to judge again', async () => {
  holds(
    (_pod, { decision, after, again, complete, report }) =>
      (decision === 'end') === (after !== null) &&
      (again === null || decision === 'wait') &&
      (decision === 'end' || (complete === 'no' && !report)),
  )
})

t.test('the same facts get the same verdict', async t => {
  fc.assert(
    fc.property(pods, chosen, (pod, given) => {
      const first = JSON.stringify(judged(pod, given))
      judged({}, given)
      t.equal(JSON.stringify(judged(structuredClone(pod), given)), first)
    }),
    { numRuns: 300 },
  )
})

t.test('fields that no rule knows change nothing', async t => {
  const strange = fc.dictionary(
    fc.string().map(name => `x-${name}`),
    fc.jsonValue(),
    { maxKeys: 3 },
  )
  fc.assert(
    fc.property(pods, chosen, strange, (pod, given, more) => {
      const grown: Pod = {
        ...more,
        ...pod,
        metadata: { ...more, ...pod.metadata },
        spec: { ...more, ...pod.spec, containers: (pod.spec?.containers ?? []).map(container => ({ ...more, ...container })) },
        status: {
          ...more,
          ...pod.status,
          containerStatuses: (pod.status?.containerStatuses ?? []).map(status => ({ ...more, ...status })),
        },
      }
      t.strictSame(judged(grown, given), judged(pod, given))
    }),
    { numRuns: 300 },
  )
})

t.test('the order of annotations and of container statuses changes nothing', async t => {
  fc.assert(
    fc.property(pods, chosen, (pod, given) => {
      const annotations = Object.fromEntries(Object.entries(pod.metadata?.annotations ?? {}).toReversed())
      const turned: Pod = {
        ...pod,
        metadata: { ...pod.metadata, annotations },
        status: { ...pod.status, containerStatuses: (pod.status?.containerStatuses ?? []).toReversed() },
      }
      t.strictSame(judged(turned, given), judged(pod, given))
    }),
    { numRuns: 300 },
  )
})

t.test('durations of annotations are read as the settings read theirs', async t => {
  const part = fc
    .tuple(fc.bigInt({ min: 0n, max: 12_000_000_000n }), fc.constantFrom('h', 'm', 's', 'ms', '', 'd'))
    .map(([count, unit]) => `${count}${unit}`)
  const texts = fc.oneof(
    fc.array(part, { maxLength: 4 }).map(parts => parts.join('')),
    fc.string({ maxLength: 5 }),
  )
  const pod = (text: string): Pod => ({
    metadata: {
      labels: { 'batch.kubernetes.io/job-name': 'j' },
      annotations: { 'sidecar-reaper/sidecars': 'a', 'sidecar-reaper/containers': JSON.stringify({ a: { grace: text } }) },
    },
    spec: { restartPolicy: 'Never', containers: [{ name: 'a' }, { name: 'b' }] },
  })
  fc.assert(
    fc.property(texts, text => {
      const [warning] = judged(pod(text), defaults).warnings
      const [a] = judged(pod(text), defaults).containers
      if (DURATION.test(text)) t.ok(Math.abs((a?.grace ?? NaN) - durationSeconds(text)) < 1e-3 && !warning, text)
      else t.equal(warning?.code, 'bad-annotation', text)
    }),
    { numRuns: 500 },
  )
})
