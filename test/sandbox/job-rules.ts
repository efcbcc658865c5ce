import type { Job, Pod } from './objects.ts'

/** The pods that a Job has had, by outcome, each counted once. */
export type Tally = { readonly succeeded: number; readonly failed: number; readonly active: readonly Pod[] }

export type JobStep =
  | { readonly kind: 'complete' }
  | { readonly kind: 'fail' }
  | { readonly kind: 'create'; readonly count: number }
  | { readonly kind: 'wait' }

/** What a Job controller does next (pkg/controller/job syncJob, without indexes, pod failure policies and success policies). */
export function nextStep(job: Job, tally: Tally): JobStep {
  const completions = job.spec.completions ?? job.spec.parallelism ?? 1
  if (isBeyondBackoff(job, tally)) return { kind: 'fail' }
  if (tally.succeeded >= completions) return { kind: 'complete' }
  const wanted = Math.min(job.spec.parallelism ?? 1, completions - tally.succeeded)
  const count = wanted - tally.active.length
  return count > 0 ? { kind: 'create', count } : { kind: 'wait' }
}

function isBeyondBackoff(job: Job, tally: Tally): boolean {
  const limit = job.spec.backoffLimit ?? 6
  if (tally.failed > limit) return true
  if (job.spec.template.spec.restartPolicy !== 'OnFailure') return false
  const restarts = tally.active.reduce((sum, pod) => sum + podRestarts(pod), 0)
  return limit === 0 ? restarts > 0 : restarts >= limit
}

// Restarts of every container count, a sidecar's too (pastBackoffLimitOnFailure).
function podRestarts(pod: Pod): number {
  const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])]
  return statuses.reduce((sum, status) => sum + status.restartCount, 0)
}
