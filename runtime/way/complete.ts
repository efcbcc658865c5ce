import { ClusterError } from '../cluster.ts'
import { isFinished, isTerminated } from '../ending/container.ts'
import { carriedThrough, judgeAgain, look, type Ending, type StepResult } from '../ending/context.ts'
import { patchStatus } from '../ending/patch.ts'
import { COMPLETED_ANNOTATION } from '../names.ts'
import type { Subject } from '../plan.ts'
import type { Pod } from '../pod.ts'

/** Beyond the pod's grace period, for the kubelet to notice and to report. */
const MARGIN_SECONDS = 15

const ENDED: StepResult = { kind: 'ended', way: 'complete', errors: [] }

/** How long a pod with nothing to terminate is looked at before its phase is believed. */
const BELIEF_SECONDS = 5

/**
 * Completes the pod with the phase that its mains earned: one patch of pods/status, guarded by the resourceVersion of
 * the verdict. The annotation changes in the same request, which makes the kubelet take it as an update and end all
 * that is left (preStop, SIGTERM, grace, KILL); no exit code counts any more (pkg/kubelet/kubelet_pods.go: a terminal
 * phase is never left; pkg/kubelet/pod_workers.go: teardown begins).
 */
export async function completePod(ending: Ending, subject: Subject, phase: 'Succeeded' | 'Failed'): Promise<StepResult> {
  let result = await completeOnce(ending, subject, phase)
  for (const seconds of PAUSES) {
    if (result.kind !== 'failed' || !result.isReverted) return result
    await ending.watch.until(subject, isFinished, seconds, ending.signal)
    const again = await judgeAgain(ending, subject)
    if (again === undefined) return ENDED
    // It finished after all: what was left over has ended, or is ending, by our own patch.
    if (again.verdict.decision !== 'end') return FINISHED.has(again.verdict.reason) ? settled(ending, subject) : result
    const next = await completeOnce(carriedThrough(ending), again, phase)
    if (next.kind !== 'changed') result = next
  }
  return result
}

/**
 * How long to wait, in seconds, before a phase that was taken back is set again. Once may be chance: the kubelet's status
 * manager compares the phase that it knows with the API's (status_manager.go: syncBatch, needsReconcile), and between our
 * patch and the moment when the pod's worker begins to end the pod, which on a busy node takes a second or two, it writes
 * back what it knew. The pod is torn down all the same (seen on 1.32.2, 1.34.4 and 1.36.3, at worst of one pod in six, on
 * two cores with a load of ten).
 */
const PAUSES = [0.5, 1, 2]

const FINISHED: ReadonlySet<string> = new Set(['already-finished', 'nothing-left-over'])

async function completeOnce(ending: Ending, subject: Subject, phase: 'Succeeded' | 'Failed'): Promise<StepResult> {
  const mark = completionMark(subject, ending.cluster.now())
  const answer = await patched(ending, subject, phase, mark)
  return answer === 'accepted' ? settled(ending, subject) : { kind: answer }
}

/** What the annotation says of a completion: time and container ids; the time makes it a value that the pod does not have yet. */
export function completionMark({ verdict }: Subject, now: Date): string {
  const ids = verdict.containers.filter(container => container.left_over).map(({ name, containerID }) => containerID ?? name)
  return [now.toISOString(), ...ids].join(' ')
}

async function patched(ending: Ending, subject: Subject, phase: string, mark: string): Promise<'accepted' | 'changed' | 'gone'> {
  try {
    await patchStatus(ending, subject, { [COMPLETED_ANNOTATION]: mark }, { phase })
    return 'accepted'
  } catch (error) {
    if (!(error instanceof ClusterError) || !IS_DOUBTFUL[error.code]) throw error
    const pod = await look(ending, subject)
    if (pod === undefined) return 'gone'
    if (pod.metadata?.annotations?.[COMPLETED_ANNOTATION] === mark) return 'accepted'
    if (error.code === 'conflict') return 'changed'
    throw error
  }
}

/** After these the pod itself must be asked: the patch, or a first try of it, may have landed all the same. */
const IS_DOUBTFUL: Readonly<Record<string, boolean>> = { conflict: true, unreachable: true, server: true, 'not-found': true }

/** Waits until the containers that had not ended yet are seen to have, which is also the proof that the kubelet took the phase. */
async function settled(ending: Ending, subject: Subject): Promise<StepResult> {
  const left = subject.verdict.containers.filter(container => container.left_over && container.state !== 'terminated')
  const isRunning = left.some(({ state }) => state === 'running')
  const seconds = isRunning ? subject.graceSeconds + MARGIN_SECONDS : BELIEF_SECONDS
  const hasEnded = (pod: Pod) => left.length > 0 && left.every(({ name }) => isTerminated(pod, name))
  for (;;) {
    const sight = await ending.watch.until(subject, pod => !isFinished(pod) || hasEnded(pod), seconds, ending.signal)
    if (sight === undefined || sight.isGone || hasEnded(sight.pod)) return sight ? ENDED : unseen(isRunning, seconds)
    if (isFinished(sight.pod)) return unseen(isRunning, seconds)
    // A watch event may be older than our patch where resource versions do not compare: ask before crying wolf.
    const pod = await look(ending, subject)
    if (pod === undefined) return ENDED
    if (!isFinished(pod)) return failed('the kubelet took the phase back', true)
  }
}

/** Nothing runs that could show it: the phase that stayed is the proof. */
function unseen(isRunning: boolean, seconds: number): StepResult {
  return isRunning ? failed(`the pod is finished, but its sidecars still run ${seconds} s later`) : ENDED
}

function failed(error: string, isReverted = false): StepResult {
  return { kind: 'failed', errors: [{ way: 'complete', container: null, error }], isReverted }
}
