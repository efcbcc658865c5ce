import type { Pod } from '../pod.ts'
import type { Subject } from '../plan.ts'
import { type Policy, PolicyError, type Surroundings } from '../policy.ts'
import type { Verdict } from '../verdict.ts'

/** What a sweep knows of the cluster around its pods; null where it may not be read. */
export interface Landscape {
  /** Labels by namespace name. */
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>> | null
  /** Readiness by node name. */
  readonly nodes: ReadonlyMap<string, boolean> | null
}

/** Judges one pod as it is now. */
export type Judge = (pod: Pod) => Subject

/** A judge of this policy and landscape. A pod that cannot be judged is refused, never thrown. */
export function judgeBy(policy: Policy, landscape: Landscape, now: () => Date): Judge {
  return pod => {
    const { metadata = {}, spec = {} } = pod
    const namespace = metadata.namespace ?? 'default'
    const job = metadata.ownerReferences?.find(owner => owner.controller === true && owner.kind === 'Job')
    return {
      ref: { namespace, name: metadata.name ?? '' },
      uid: metadata.uid ?? '',
      resourceVersion: metadata.resourceVersion ?? '',
      node: spec.nodeName ?? null,
      job: job?.name && job.uid ? { name: job.name, uid: job.uid } : null,
      graceSeconds: spec.terminationGracePeriodSeconds ?? 30,
      verdict: verdictOn(pod, policy, surroundings(landscape, namespace, spec.nodeName), now()),
    }
  }
}

function surroundings({ namespaces, nodes }: Landscape, namespace: string, node: string | undefined): Surroundings {
  const labels = namespaces?.get(namespace)
  const ready = node === undefined ? undefined : nodes?.get(node)
  return {
    namespace: labels === undefined ? null : { name: namespace, labels },
    node: ready === undefined ? null : { ready },
  }
}

function verdictOn(pod: Pod, policy: Policy, around: Surroundings, now: Date): Verdict {
  try {
    return policy.verdict(policy.facts(pod), around, now)
  } catch (error) {
    if (error instanceof TypeError || error instanceof PolicyError) return unreadable(error.message)
    throw error
  }
}

function unreadable(message: string): Verdict {
  return {
    decision: 'refuse', reason: 'unreadable', message, report: false, earned: null, after: null, again: null, complete: 'no', containers: [], warnings: [],
  }
}
