import { completePod } from './way/complete.ts'
import { fate } from './ending/container.ts'
import { judgeAgain, type Ending, type StepError, type StepResult } from './ending/context.ts'
import { isTimeout } from './ending/deadline.ts'
import { tellContainers } from './ending/tell.ts'
import { ClusterError } from './cluster.ts'
import type { Outcome } from './outcome.ts'
import { planSteps, type Step, type Subject } from './plan.ts'

/** How often a pod is judged again because it changed under our hands. */
const MAX_CHANGES = 8

/** What came of one pod: an outcome, or a new verdict when it changed so that it is not to be ended any more. */
export type Ended = { readonly kind: 'outcome'; readonly outcome: Outcome } | { readonly kind: 'judged'; readonly subject: Subject }

/** Takes the steps of the subject's plan until its pod's status shows that all that was left over has ended. */
export async function endPod(ending: Ending, subject: Subject): Promise<Ended> {
  const started = performance.now()
  const tried: StepError[] = []
  const finish = (result: Outcome['result'], way: Outcome['way']): Ended => ({
    kind: 'outcome',
    outcome: {
      kind: 'outcome',
      namespace: subject.ref.namespace,
      pod: subject.ref.name,
      uid: subject.uid,
      result,
      way,
      tried,
      containers: ends(ending, subject),
      seconds: Math.round(performance.now() - started) / 1000,
    },
  })
  try {
    return await walk(ending, subject, tried, finish)
  } catch (error) {
    if (ending.signal.aborted && !isTimeout(ending.signal)) return finish('abandoned', null)
    if (!ending.signal.aborted && !(error instanceof ClusterError)) throw error
    const message = ending.signal.aborted ? 'the deadline of the pod is over' : (error as ClusterError).message // the line above lets no other through
    tried.push({ way: firstWay(subject), container: null, error: message })
    return finish('failed', null)
  }
}

async function walk(ending: Ending, subject: Subject, tried: StepError[], finish: (result: Outcome['result'], way: Outcome['way']) => Ended): Promise<Ended> {
  const failed = new Set<Step['kind']>()
  let isReverted = false
  for (let current = subject, changes = 0; ; ) {
    const step = planSteps(current.verdict).find(({ kind }) => !failed.has(kind))
    if (step === undefined) return finish(isReverted ? 'reverted' : 'failed', null)
    const result = await take(ending, current, step)
    if (result.kind === 'ended') return finish('ended', wayOf(step))
    if (result.kind === 'gone') return finish('vanished', null)
    if (result.kind === 'changed' && ++changes > MAX_CHANGES) return finish('abandoned', null)
    if (result.kind === 'failed') {
      tried.push(...result.errors)
      failed.add(step.kind)
      isReverted ||= result.isReverted === true
    }
    const again = await judgeAgain(ending, subject)
    if (again === undefined) return finish('vanished', null)
    // Once something was tried, its outcome is what people want to read; before that, the new verdict is.
    if (again.verdict.decision !== 'end') return tried.length > 0 ? finish(isReverted ? 'reverted' : 'failed', null) : { kind: 'judged', subject: again }
    current = again
  }
}

function take(ending: Ending, subject: Subject, step: Step): Promise<StepResult> {
  if (step.kind === 'complete') return completePod(ending, subject, step.phase)
  return tellContainers(ending, subject, step.containers)
}

function wayOf(step: Step): Outcome['way'] {
  return step.kind === 'complete' ? 'complete' : (step.containers[0]?.ways[0]?.way ?? null)
}

function firstWay({ verdict }: Subject): StepError['way'] {
  const [step] = planSteps(verdict)
  return (step && wayOf(step)) ?? 'complete'
}

function ends({ watch }: Ending, { uid, verdict }: Subject): Outcome['containers'] {
  const pod = watch.sight(uid)?.pod
  return verdict.containers
    .filter(container => container.left_over)
    .map(({ name, containerID }) => ({ name, containerID, exit: (pod && fate(pod, name, containerID)?.exit) ?? null }))
}
