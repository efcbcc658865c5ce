import type { Pod } from '../pod.ts'
import type { Verdict } from '../verdict.ts'
import type { Owners } from './owners.ts'
import type { BlockedRecord } from './record.ts'

/**
 * What a judged pod blocks: a CronJob that forbids concurrent runs waits for its Job, its mains have finished for good,
 * sidecars are left, and to judge it again later would change nothing.
 */
export function blockedBy(pod: Pod, verdict: Verdict, owners: Owners): BlockedRecord | null {
  const waiting = owners.waitingFor(pod)
  const { earned, again, containers, decision, reason, message, report } = verdict
  if (waiting === null || earned === null || again !== null || !containers.some(({ left_over: isLeftOver }) => isLeftOver)) return null
  const { name: cronJob, schedule, lastSchedule } = waiting.cronJob
  return {
    kind: 'blocked',
    namespace: pod.metadata?.namespace ?? '',
    cronJob,
    job: waiting.job,
    pod: pod.metadata?.name ?? '',
    decision,
    reason,
    message,
    report,
    since: lastEnd(pod, verdict),
    schedule,
    lastSchedule,
  }
}

function lastEnd({ status }: Pod, { containers }: Verdict): string | null {
  const mains = new Set(containers.filter(({ role }) => role === 'main').map(({ name }) => name))
  const ends = (status?.containerStatuses ?? []).flatMap(({ name = '', state }) =>
    mains.has(name) ? (state?.terminated?.finishedAt ?? []) : [],
  )
  return ends.toSorted().at(-1) ?? null // whole seconds in UTC, as the API writes them
}
