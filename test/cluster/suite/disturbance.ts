import type { Evidence } from './evidence.ts'
import { lagSeconds, TOLERABLE_LAG_SECONDS } from './lag.ts'
import { relapses } from './relapse.ts'

/**
 * What no sweep can change and what may have made a case come out otherwise, in words; empty when there was no such thing. The
 * nodes of a stranger's cluster have clocks of their own, so nothing is said of their lag.
 */
export function disturbance(
  evidence: Pick<Evidence, 'pods' | 'lines'>,
  now: Date,
  { isOurCluster }: { readonly isOurCluster: boolean },
): string {
  if (relapses(evidence) > 0) return 'the kubelet took a completed phase back'
  const lag = isOurCluster ? lagSeconds(evidence, now) : 0
  return lag > TOLERABLE_LAG_SECONDS ? `a container's end was in its pod's status only ${lag.toFixed(1)} s later` : ''
}
