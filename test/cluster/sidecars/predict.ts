import type { Pod } from '../../../runtime/pod.ts'
import type { Way } from '../../../runtime/verdict.ts'
import { policyOf } from '../../policy/committed.ts'
import type { Variant } from '../suite/row.ts'
import type { Sidecar } from './sidecar.ts'

/** The settings of every sidecar's sweeps, beside `ways`: what only the catalogue knows is ended too. */
export const settings = { mode: 'enforce' } as const

/** The ways of the catalogue that a set of ways leaves for a sidecar, best first, with the exit codes that its row knows. */
export type Predictions = Readonly<Record<Variant, readonly Way[]>>

const policies = {
  all: await policyOf(settings),
  exec: await policyOf({ ...settings, ways: ['exec'], onDirtyExit: 'end' }),
  http: await policyOf({ ...settings, ways: ['http'], onDirtyExit: 'end' }),
  signal: await policyOf({ ...settings, ways: ['signal'], onDirtyExit: 'end' }),
  complete: await policyOf({ ...settings, ways: ['complete'] }),
}

/** What the committed policy and catalogue say of a sidecar once its main has ended with 0. */
export function predictions(sidecar: Sidecar): Predictions {
  const variants = Object.keys(policies) as Variant[] // which are the keys
  return Object.fromEntries(variants.map(variant => [variant, waysOf(sidecar, variant)])) as Record<Variant, readonly Way[]> // one for each
}

function waysOf(sidecar: Sidecar, variant: Variant): readonly Way[] {
  const policy = policies[variant]
  const around = { namespace: { name: 'team-a', labels: {} }, node: { ready: true } }
  const verdict = policy.verdict(policy.facts(podOf(sidecar)), around, new Date('2026-11-24T03:10:00Z'))
  return verdict.containers.find(({ name }) => name === sidecar.container.name)?.ways ?? []
}

function podOf({ container, annotations = {}, labels = {} }: Sidecar): Pod {
  const status = (name: string, state: object) => ({ name, containerID: `x://${name}`, restartCount: 0, state })
  return {
    metadata: {
      name: 'pod',
      namespace: 'team-a',
      uid: 'uid',
      resourceVersion: '1',
      labels: { 'batch.kubernetes.io/job-name': 'job', ...labels },
      annotations,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', controller: true }],
    },
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main:1' }, container] },
    status: {
      phase: 'Running',
      containerStatuses: [
        status('main', { terminated: { exitCode: 0, finishedAt: '2026-11-24T03:09:00Z' } }),
        status(container.name, { running: { startedAt: '2026-11-24T03:00:00Z' } }),
      ],
    },
  }
}
