import { CLAIM_ANNOTATION, COMPLETED_ANNOTATION } from '../names.ts'
import type { Pod, PodMetadata } from '../pod.ts'
import type { Subject } from '../plan.ts'
import { type Policy, PolicyError, type Surroundings, type VerdictOptions } from '../policy.ts'
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
export function judgeBy(policy: Policy, landscape: Landscape, now: () => Date, options?: VerdictOptions): Judge {
  return pod => {
    const metadata = pod.metadata ?? {}
    const spec = pod.spec ?? {}
    const namespace = metadata.namespace ?? 'default'
    return {
      ref: { namespace, name: metadata.name ?? '' },
      uid: metadata.uid ?? '',
      resourceVersion: metadata.resourceVersion ?? '',
      node: spec.nodeName ?? null,
      job: jobOf(metadata),
      graceSeconds: spec.terminationGracePeriodSeconds ?? 30,
      wasTried: [CLAIM_ANNOTATION, COMPLETED_ANNOTATION].some(key => metadata.annotations?.[key] !== undefined),
      verdict: verdictOn(pod, policy, surroundings(landscape, namespace, spec.nodeName), now(), options),
    }
  }
}

// Others have kinds of that name too: Volcano's is batch.volcano.sh.
function jobOf({ ownerReferences }: PodMetadata): Subject['job'] {
  const owner = ownerReferences?.find(({ controller }) => controller === true)
  if (owner?.kind !== 'Job' || !owner.apiVersion?.startsWith('batch/')) return null
  return owner.name && owner.uid ? { name: owner.name, uid: owner.uid } : null
}

function surroundings({ namespaces, nodes }: Landscape, namespace: string, node: string | undefined): Surroundings {
  const labels = namespaces?.get(namespace)
  return {
    namespace: labels === undefined ? null : { name: namespace, labels },
    // A node that is not there any more is as little Ready as one that says so.
    node: node === undefined || nodes === null ? null : { ready: nodes.get(node) ?? false },
  }
}

function verdictOn(pod: Pod, policy: Policy, around: Surroundings, now: Date, options?: VerdictOptions): Verdict {
  try {
    return policy.verdict(policy.facts(pod), around, now, options)
  } catch (error) {
    if (error instanceof TypeError || error instanceof PolicyError) return unreadable(error.message)
    throw error
  }
}

function unreadable(message: string): Verdict {
  const nothing = { earned: null, after: null, again: null, complete: 'no', containers: [], passed_over: [], warnings: [] } as const
  return { decision: 'refuse', reason: 'unreadable', message, report: false, ...nothing }
}
