import type { Cluster } from '../cluster.ts'
import type { WayName } from '../outcome.ts'
import type { Subject } from '../plan.ts'
import type { Pod } from '../pod.ts'
import type { Judge } from '../sweep/judge.ts'
import type { Limits } from '../sweep/limits.ts'
import type { PodWatch } from '../sweep/watch.ts'
import type { Calls } from './calls.ts'

/** What ending a pod needs of the sweep that it is part of. */
export interface Ending {
  readonly cluster: Cluster
  readonly watch: PodWatch
  readonly judge: Judge
  readonly calls: Calls
  /** Of this sweep; written into claims. */
  readonly sweep: string
  readonly limits: Limits
  /** Runs the patch with which an ending begins; rejects with {@link NotBegun} once the sweep is to begin no further one. */
  readonly begin: <T>(patch: () => Promise<T>) => Promise<T>
  /** Ends everything: Ctrl-C, or the pod's deadline. */
  readonly signal: AbortSignal
}

/** The same for what has begun: it is carried through, also when the sweep is to begin no further ending. */
export function carriedThrough(ending: Ending): Ending {
  return { ...ending, begin: patch => ending.calls.run(patch) }
}

/** The sweep begins no further ending, so nothing was done to the pod. */
export class NotBegun extends Error {}

/** What one step did to a pod. */
export type StepResult =
  /** The pod's status shows that all that was left over has ended, and by which way; errors: what was tried in vain before it. */
  | { readonly kind: 'ended'; readonly way: WayName | null; readonly errors: readonly StepError[]; readonly ways?: EndedBy }
  /** It did not work, or was not enough; the next step may. */
  | { readonly kind: 'failed'; readonly errors: readonly StepError[]; readonly isReverted?: boolean; readonly ways?: EndedBy }
  /** The pod is no longer as it was judged: judge it again. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'gone' }

/** The way that ended each of the containers that were told, by name; null: it ended by itself. */
export type EndedBy = ReadonlyMap<string, WayName | null>

export interface StepError {
  /** Null: it was left to end by itself. */
  readonly way: WayName | null
  readonly container: string | null
  readonly error: string
}

/** Why an attempt did not end anything when its pod's deadline came first. */
export const OVERDUE = "the setting podDeadline's time is over"

/** The pod as it is now, or undefined when it is gone or another pod has its name. */
export function look(ending: Ending, subject: Subject): Promise<Pod | undefined> {
  return ending.calls.run(() => lookNow(ending, subject))
}

/** The pod judged as it is now, or undefined when it is gone or another pod has its name. */
export async function judgeAgain(ending: Ending, subject: Subject): Promise<Subject | undefined> {
  const pod = await look(ending, subject)
  return pod && ending.judge(pod)
}

/** The same for a caller that has its turn among the calls already. */
export async function judgeNow(ending: Ending, subject: Subject): Promise<Subject | undefined> {
  const pod = await lookNow(ending, subject)
  return pod && ending.judge(pod)
}

async function lookNow({ cluster, watch, signal }: Ending, { ref, uid }: Subject): Promise<Pod | undefined> {
  const pod = await cluster.pod(ref, signal)
  if (pod?.metadata?.uid !== uid) return undefined
  watch.note(pod)
  return pod
}
