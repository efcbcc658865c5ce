import { ClusterError } from './cluster.ts'
import { fate, isFinished } from './ending/container.ts'
import { carriedThrough, judgeAgain, NotBegun, OVERDUE, type Ending, type StepError, type StepResult } from './ending/context.ts'
import { isTimeout } from './ending/deadline.ts'
import { tellContainers } from './ending/tell.ts'
import type { Outcome, WayName } from './outcome.ts'
import { planSteps, type Step, type Subject } from './plan.ts'
import { completePod } from './way/complete.ts'

/** How often a pod is judged again because it changed under our hands. */
const MAX_CHANGES = 8

/** What came of one pod: an outcome, or a new verdict when it changed before anything was done, so that it is not to be ended any more. */
export type Ended = { readonly kind: 'judged'; readonly subject: Subject } | Concluded

export interface Concluded {
  readonly kind: 'outcome'
  readonly outcome: Outcome
  /** As it was judged last. */
  readonly subject: Subject
  /** The kubelet took a phase back, whatever worked in the end. */
  readonly isReverted: boolean
}

/** How far an ending has come. */
interface Progress {
  subject: Subject
  /** Ids of all containers that were left over at some time, by name. */
  readonly leftOver: Map<string, string | null>
  /** The way that ended each of them so far. */
  readonly ways: Map<string, WayName | null>
  step: Step | undefined
  /** Kinds of steps that are not taken again. */
  readonly spent: Set<Step['kind']>
  readonly tried: StepError[]
  changes: number
  isReverted: boolean
}

type Result = Pick<Outcome, 'result' | 'way'>

/** Takes the steps of the subject's plan until its pod's status shows that all that was left over has ended. */
export async function endPod(ending: Ending, subject: Subject): Promise<Ended> {
  const started = performance.now()
  const progress: Progress = {
    subject,
    leftOver: new Map(),
    ways: new Map(),
    step: undefined,
    spent: new Set(),
    tried: [],
    changes: 0,
    isReverted: false,
  }
  takeUp(progress, subject)
  const result = await walk(ending, progress).catch((error: unknown) => cutShort(ending, progress, error))
  if (result === 'judged') return { kind: 'judged', subject: progress.subject }
  const seconds = Math.round(performance.now() - started) / 1000
  return {
    kind: 'outcome',
    outcome: outcome(ending, progress, result, seconds),
    subject: progress.subject,
    isReverted: progress.isReverted,
  }
}

async function walk(ending: Ending, progress: Progress): Promise<Result | 'judged'> {
  for (;;) {
    progress.step = planSteps(progress.subject.verdict).find(({ kind }) => !progress.spent.has(kind))
    if (progress.step === undefined) return failure(progress)
    const hasBegun = progress.spent.size > 0
    const result = await take(hasBegun ? carriedThrough(ending) : ending, progress.subject, progress.step)
    if ('ways' in result) for (const [name, way] of result.ways ?? []) progress.ways.set(name, way)
    if (result.kind === 'ended') {
      progress.tried.push(...result.errors)
      return { result: 'ended', way: result.way }
    }
    if (result.kind === 'gone') return { result: 'vanished', way: null }
    if (result.kind === 'changed' && ++progress.changes > MAX_CHANGES) return { result: 'abandoned', way: null }
    if (result.kind === 'failed') giveUpStep(progress, progress.step, result)
    const again = await judgeAgain(ending, progress.subject)
    if (again === undefined) return { result: 'vanished', way: null }
    if (again.verdict.decision !== 'end') return notToBeEnded(ending, progress, again)
    takeUp(progress, again)
  }
}

/** The pod as it is to be ended from now on. What has ended by then was left over too. */
function takeUp(progress: Progress, subject: Subject): void {
  progress.subject = subject
  for (const { name, containerID, left_over } of subject.verdict.containers) if (left_over) progress.leftOver.set(name, containerID)
}

async function take(ending: Ending, subject: Subject, step: Step): Promise<StepResult> {
  try {
    if (step.kind === 'complete') return await completePod(ending, subject, step.phase)
    return await tellContainers(ending, subject, step.containers)
  } catch (error) {
    if (ending.signal.aborted || !(error instanceof ClusterError)) throw error
    return { kind: 'failed', errors: [{ way: wayOf(step), container: null, error: error.message }] }
  }
}

function giveUpStep(progress: Progress, { kind }: Step, { errors, isReverted }: Extract<StepResult, { kind: 'failed' }>): void {
  progress.spent.add(kind)
  progress.tried.push(...errors)
  if (isReverted) progress.isReverted = true
}

/** Before anything was tried the new verdict is what people want to read; after that, what the pod's status shows. */
function notToBeEnded(ending: Ending, progress: Progress, again: Subject): Result | 'judged' {
  if (progress.spent.size > 0 && haveEnded(ending, progress.subject)) return { result: 'ended', way: null }
  if (progress.tried.length > 0) return failure(progress)
  progress.subject = again
  return 'judged'
}

/** Whether all that was left over has ended for good: of one that the kubelet started again only the old life has, unless the pod is over. */
function haveEnded({ watch }: Ending, { uid, verdict }: Subject): boolean {
  const pod = watch.sight(uid)?.pod
  if (pod === undefined) return false
  const left = verdict.containers.filter(container => container.left_over)
  return isFinished(pod) || left.every(({ name, containerID }) => fate(pod, name, containerID)?.isRestarted === false)
}

function failure({ isReverted }: Progress): Result {
  return { result: isReverted ? 'reverted' : 'failed', way: null }
}

/** Ctrl-C and a sweep that was stopped abandon an ending; its deadline and a server that does not answer fail it. A pod that was completed is one, though its containers still have their grace. */
function cutShort({ signal, watch }: Ending, progress: Progress, error: unknown): Result {
  const pod = watch.sight(progress.subject.uid)?.pod
  if (progress.step?.kind === 'complete' && pod && isFinished(pod)) return { result: 'ended', way: 'complete' }
  if (error instanceof NotBegun || (signal.aborted && !isTimeout(signal))) return { result: 'abandoned', way: null }
  if (!signal.aborted && !(error instanceof ClusterError)) throw error
  const message = error instanceof ClusterError ? error.message : OVERDUE
  if (message === OVERDUE && progress.tried.some(attempt => attempt.error === OVERDUE)) return failure(progress)
  progress.tried.push({ way: progress.step ? wayOf(progress.step) : 'complete', container: null, error: message })
  return failure(progress)
}

function wayOf(step: Step): StepError['way'] {
  return step.kind === 'complete' ? 'complete' : (step.containers[0]?.ways[0]?.way ?? null)
}

function outcome({ watch }: Ending, { subject, leftOver, ways, tried }: Progress, { result, way }: Result, seconds: number): Outcome {
  const { ref, uid, verdict } = subject
  const pod = watch.sight(uid)?.pod
  const exit = (name: string, id: string | null) => (pod && fate(pod, name, id)?.exit) ?? null
  const by = way === 'complete' ? way : null
  const containers = [...leftOver].map(([name, containerID]) => {
    return { name, containerID, exit: exit(name, containerID), way: ways.get(name) ?? by }
  })
  const status = { phase: pod?.status?.phase ?? null, expected: verdict.after, containers }
  return { kind: 'outcome', namespace: ref.namespace, pod: ref.name, uid, result, way, tried, ...status, seconds }
}
