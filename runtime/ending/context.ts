import type { Cluster } from '../cluster.ts'
import type { Subject } from '../plan.ts'
import type { Judge } from '../sweep/judge.ts'
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
  /** Called once with the reason when a permission is missing that the sweep can do without. */
  readonly limited: (why: string) => void
  /** Ends everything: Ctrl-C, or the pod's deadline. */
  readonly signal: AbortSignal
}

/** What one step did to a pod. */
export type StepResult =
  /** The pod's status shows that all that was left over has ended. */
  | { readonly kind: 'ended' }
  /** It did not work; the next step may. */
  | { readonly kind: 'failed'; readonly errors: readonly StepError[]; readonly isReverted?: true }
  /** The pod is no longer as it was judged: judge it again. */
  | { readonly kind: 'changed' }
  | { readonly kind: 'gone' }

export interface StepError {
  readonly way: 'exec' | 'http' | 'signal' | 'complete'
  readonly container: string | null
  readonly error: string
}

/** The pod judged as it is now, or undefined when it is gone or another pod has its name. */
export async function judgeAgain({ cluster, calls, watch, judge, signal }: Ending, { ref, uid }: Subject): Promise<Subject | undefined> {
  const pod = await calls.run(() => cluster.pod(ref, signal))
  if (pod?.metadata?.uid !== uid) return undefined
  watch.note(pod)
  return judge(pod)
}
