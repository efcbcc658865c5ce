import type { Change } from './changes.ts'
import { nextStep } from './job-rules.ts'
import type { JobStep } from './job-rules.ts'
import { apiTime, isTerminal, keyOf } from './objects.ts'
import type { Condition, Job, JobStatus, Pod } from './objects.ts'
import { mergeConditions } from './pod-status.ts'
import { jobResource, podResource } from './resources.ts'
import { nameSuffix } from './store.ts'
import type { Store } from './store.ts'
import type { Timers } from './timers.ts'

export type JobControllerTools = {
  readonly store: Store
  readonly timers: Timers
  readonly jobMs: number
  readonly now: () => Date
  /** Stores a pod of a Job and has it run. */
  readonly createPod: (pod: Pick<Pod, 'metadata' | 'spec'>, job: Job) => void
  readonly deletePod: (pod: Pod) => void
}

/** What is known of one Job between two looks. */
type Progress = {
  readonly pods: Map<string, Pod>
  readonly counted: Set<string>
  succeeded: number
  failed: number
  isQueued: boolean
}

/** Creates the pods of Jobs, counts them, and finishes the Jobs. */
export class JobController {
  readonly #tools: JobControllerTools
  readonly #progress = new Map<string, Progress>()

  constructor(tools: JobControllerTools) {
    this.#tools = tools
    tools.store.onChange(change => this.#seen(change))
  }

  #seen(change: Change): void {
    const object = (change.after ?? change.before)?.object
    if (object === undefined) return
    if (change.resource === jobResource && change.type === 'ADDED') this.#queue(object.metadata.uid, keyOf(object.metadata))
    // The changes of the resource pods carry pods.
    if (change.resource === podResource) this.#seenPod(object as Pod, change.type === 'DELETED')
  }

  #seenPod(pod: Pod, isGone: boolean): void {
    const owner = pod.metadata.ownerReferences?.find(reference => reference.kind === 'Job')
    if (owner === undefined) return
    const progress = this.#progressOf(owner.uid)
    if (isGone) progress.pods.delete(pod.metadata.uid)
    else progress.pods.set(pod.metadata.uid, pod)
    count(progress, pod, isGone)
    this.#queue(owner.uid, `${pod.metadata.namespace}/${owner.name}`)
  }

  #progressOf(uid: string): Progress {
    const known = this.#progress.get(uid) ?? {
      pods: new Map(),
      counted: new Set(),
      succeeded: 0,
      failed: 0,
      isQueued: false,
    }
    this.#progress.set(uid, known)
    return known
  }

  #queue(uid: string, key: string): void {
    const progress = this.#progressOf(uid)
    if (progress.isQueued) return
    progress.isQueued = true
    this.#tools.timers.after(this.#tools.jobMs, () => {
      progress.isQueued = false
      const job = this.#tools.store.jobs.entry(key)?.object
      if (job?.metadata.uid === uid && !isFinished(job)) this.#sync(job, progress)
    })
  }

  #sync(job: Job, progress: Progress): void {
    const active = [...progress.pods.values()].filter(pod => !progress.counted.has(pod.metadata.uid))
    const step = nextStep(job, { succeeded: progress.succeeded, failed: progress.failed, active })
    this.#report(job, step, progress, active.length)
    if (step.kind === 'create') for (let made = 0; made < step.count; made++) this.#create(job)
    if (step.kind === 'complete' || step.kind === 'fail') for (const pod of active) this.#tools.deletePod(pod)
  }

  #report(job: Job, step: JobStep, progress: Progress, active: number): void {
    const now = apiTime(this.#tools.now())
    const { succeeded, failed } = progress
    const counts = { active: active + (step.kind === 'create' ? step.count : 0), succeeded, failed }
    const status = (before: JobStatus): JobStatus => ({
      ...before,
      ...counts,
      startTime: before.startTime ?? now,
      ...(step.kind === 'complete' && { active: 0, completionTime: now }),
      ...(step.kind === 'fail' && { active: 0 }),
      conditions: mergeConditions(before.conditions ?? [], conditions(step), now),
    })
    this.#tools.store.jobs.update(keyOf(job.metadata), stored => ({ ...stored, status: status(stored.status) }), 'job-controller')
  }

  #create(job: Job): void {
    const { name, uid, namespace = 'default' } = job.metadata
    const { metadata: given, spec } = job.spec.template
    const own = {
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': name,
      'controller-uid': uid,
      'job-name': name,
    }
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }]
    const metadata = {
      ...given,
      name: `${name}-${nameSuffix()}`,
      generateName: `${name}-`,
      namespace,
      labels: { ...given?.labels, ...own },
      ownerReferences,
    }
    this.#tools.createPod({ metadata: this.#tools.store.metadata(metadata), spec }, job)
  }
}

// A pod is counted once, by the first terminal phase that is seen, even if that phase is taken back later (seen on 1.34).
function count(progress: Progress, pod: Pod, isGone: boolean): void {
  const hasSucceeded = pod.status.phase === 'Succeeded'
  const isDone = isTerminal(pod.status.phase) || pod.metadata.deletionTimestamp !== undefined || isGone
  if (!isDone || progress.counted.has(pod.metadata.uid)) return
  progress.counted.add(pod.metadata.uid)
  if (hasSucceeded) progress.succeeded += 1
  else progress.failed += 1
}

/** Whether a Job is Complete or Failed. */
export function isFinished(job: Job): boolean {
  return (job.status.conditions ?? []).some(condition => ['Complete', 'Failed'].includes(condition.type) && condition.status === 'True')
}

function conditions(step: JobStep): readonly Condition[] {
  if (step.kind === 'complete')
    return both('SuccessCriteriaMet', 'Complete', 'CompletionsReached', 'Reached expected number of succeeded pods')
  if (step.kind === 'fail') return both('FailureTarget', 'Failed', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit')
  return []
}

function both(interim: string, final: string, reason: string, message: string): readonly Condition[] {
  return [interim, final].map(type => ({ type, status: 'True', reason, message }))
}
