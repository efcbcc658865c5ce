import t from 'tap'
import type { PodFacts } from '../../runtime/facts.ts'
import type { Pod } from '../../runtime/pod.ts'
import type { Verdict } from '../../runtime/verdict.ts'
import { samples, withSeconds } from '../../scripts/policy/samples.ts'
import { policyOf, policyWith } from './committed.ts'

// The Rego tests read the same files, and npm run policy compares the wasm with opa eval.

for (const { name, about, now, settings, surroundings, pod, expect } of await samples()) {
  t.test(`${name}: ${about}`, async t => {
    const policy = await policyWith(settings)
    const verdict = policy.verdict(policy.facts(pod), surroundings, now)
    t.strictSame(shown(verdict), expect)
    // A whole pod is a superset of its facts: a rule that reads more than the facts carry judges the two differently.
    t.strictSame(policy.verdict(withSeconds(pod) as PodFacts, surroundings, now), verdict, 'the whole pod gets the same verdict')
  })
}

// What a sample's expectation says of a verdict, as in policies/sidecar/samples_test.rego.
function shown({ decision, reason, message, report, earned, after, complete, containers, warnings }: Verdict) {
  const leftOver = containers.filter(container => container.left_over).map(({ name }) => name)
  const told = containers.filter(({ ways }) => ways.length > 0).map(({ name, ways }) => [name, ways])
  return {
    decision,
    reason,
    message,
    ...(decision === 'end' && { earned, after, complete }),
    ...(report && { report }),
    ...(leftOver.length > 0 && { left_over: leftOver }),
    ...(told.length > 0 && { ways: Object.fromEntries(told) }),
    ...(warnings.length > 0 && { warnings: warnings.map(({ code }) => code) }),
  }
}

t.test('podFacts() lets nothing out that no rule reads', async t => {
  const policy = await policyOf({ controllersGone: ['kruise', 'argo'] })
  for (const { name, pod } of await samples()) {
    const facts = JSON.stringify(policy.facts(withSecrets(pod)))
    t.notMatch(facts, /secret/, name)
  }
})

// A secret in every place of a pod where people put them.
function withSecrets(pod: Pod): Pod {
  const secret = 'secret'
  const env = [
    { name: 'TOKEN', value: secret },
    { name: secret, value: 'x' },
  ]
  const containers = pod.spec?.containers?.map(container => ({
    ...container,
    env: [...env, ...(container.env ?? [])],
    args: [secret],
    command: [secret],
    volumeMounts: [{ name: secret, mountPath: secret }],
  }))
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      annotations: { ...pod.metadata?.annotations, token: secret, [secret]: 'x', 'sidecar-reaper/other': secret },
      labels: { ...pod.metadata?.labels, token: secret, [secret]: 'x' },
    },
    spec: {
      ...pod.spec,
      ...(containers && { containers, initContainers: [...(pod.spec?.initContainers ?? []), { name: 'init', env, args: [secret] }] }),
    },
    status: { ...pod.status, reason: secret, conditions: [...(pod.status?.conditions ?? []), { type: secret, status: secret }] },
  }
}
