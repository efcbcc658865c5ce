import type { Evidence } from './evidence.ts'
import { lagSeconds, TOLERABLE_LAG_SECONDS } from './lag.ts'
import { relapses } from './relapse.ts'

/** What no sweep can change and what may have made a case come out otherwise, in words; empty when there was no such thing. */
export function disturbance(evidence: Pick<Evidence, 'pods' | 'lines'>, now: Date): string {
  if (relapses(evidence) > 0) return 'the kubelet took a completed phase back'
  const lag = lagSeconds(evidence, now)
  return lag > TOLERABLE_LAG_SECONDS ? `a container's end was in its pod's status only ${lag.toFixed(1)} s later` : ''
}
