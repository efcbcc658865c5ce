import type { Outcome, Summary, VerdictRecord } from '../../../runtime/outcome.ts'
import type { ActorEvent } from '../harness/events.ts'
import { hasCondition, type Job } from '../harness/objects.ts'
import type { AuditEntry } from './audit.ts'
import { latest, type History, type PodHistory } from './history.ts'
import type { SweepRun } from './sweep.ts'

/** All that is known of one case: what happened in the cluster, and what the sweeps said and did. */
export type Evidence = Readonly<{
  namespace: string
  jobs: readonly History<Job>[]
  pods: readonly PodHistory[]
  lines: readonly ActorEvent[]
  runs: readonly SweepRun[]
  verdicts: readonly VerdictRecord[]
  outcomes: readonly Outcome[]
  summaries: readonly Summary[]
  /** Undefined where the server does not tell. */
  calls?: readonly AuditEntry[] | undefined
  /** `Pod SidecarsEnded`; undefined until the end. */
  events?: readonly string[] | undefined
}>

/** What each actor wrote down, pods divided by ` | `: `start TERM exit 0`. */
export function stories({ pods, lines }: Pick<Evidence, 'pods' | 'lines'>): Record<string, string> {
  const names = [...new Set(lines.map(({ name }) => name))].sort()
  return Object.fromEntries(
    names.map(name => [
      name,
      pods
        .map(pod => story(lines, pod, name))
        .filter(Boolean)
        .join(' | '),
    ]),
  )
}

/** What one actor wrote down in one pod. */
export function story(lines: readonly ActorEvent[], pod: PodHistory, name: string): string {
  return lines
    .filter(line => line.name === name && line.pod === latest(pod).metadata.uid)
    .map(({ event }) => event.replace('signal ', ''))
    .join(' ')
}

/** How the case's first Job stands. */
export function jobState({ jobs: [job] }: Pick<Evidence, 'jobs'>): string {
  if (job === undefined) return 'none'
  if (job.isGone) return 'gone'
  const now = latest(job)
  return hasCondition(now, 'Complete') ? 'Complete' : hasCondition(now, 'Failed') ? 'Failed' : 'active'
}
