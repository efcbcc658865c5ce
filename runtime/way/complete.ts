import { COMPLETED_ANNOTATION } from '../names.ts'
import type { Pod } from '../pod.ts'
import type { Subject } from '../plan.ts'
import { ClusterError } from '../cluster.ts'
import { judgeAgain, type Ending, type StepResult } from '../ending/context.ts'
import { fate, isFinished } from '../ending/container.ts'
import { Deadline } from '../ending/deadline.ts'

/** Beyond the pod's grace period, for the kubelet to notice and to report. */
const MARGIN_SECONDS = 15

/** How long a pod with nothing to terminate is looked at before its phase is believed. */
const BELIEF_SECONDS = 5

/**
 * Completes the pod with the phase that its mains earned: one patch of pods/status, guarded by the resourceVersion of
 * the verdict. The annotation changes in the same request, which makes the kubelet take it as an update and end all
 * that is left (preStop, SIGTERM, grace, KILL); no exit code counts any more (pkg/kubelet/kubelet_pods.go: a terminal
 * phase is never left; pkg/kubelet/pod_workers.go: teardown begins).
 */
export async function completePod(ending: Ending, subject: Subject, phase: 'Succeeded' | 'Failed'): Promise<StepResult> {
  const mark = completionMark(subject, ending.cluster.now())
  const accepted = await patch(ending, subject, phase, mark)
  if (accepted !== undefined) return accepted
  return settled(ending, subject)
}

/** Time and container ids; the time makes it a value that the pod does not have yet. */
function completionMark({ verdict }: Subject, now: Date): string {
  const ids = verdict.containers.filter(container => container.left_over).map(({ name, containerID }) => containerID ?? name)
  return [now.toISOString(), ...ids].join(' ')
}

async function patch({ cluster, calls, watch, signal }: Ending, { ref, resourceVersion }: Subject, phase: string, mark: string): Promise<StepResult | undefined> {
  const body = { metadata: { resourceVersion, annotations: { [COMPLETED_ANNOTATION]: mark } }, status: { phase } }
  try {
    watch.note(await calls.run(() => cluster.patchPodStatus(ref, body, signal)))
    return undefined
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error
    if (error.code === 'not-found') return { kind: 'gone' }
    if (error.code !== 'conflict') return { kind: 'failed', errors: [{ way: 'complete', container: null, error: error.message }] }
    const pod = await calls.run(() => cluster.pod(ref, signal))
    if (pod) watch.note(pod)
    return pod?.metadata?.annotations?.[COMPLETED_ANNOTATION] === mark ? undefined : { kind: 'changed' }
  }
}

async function settled(ending: Ending, subject: Subject): Promise<StepResult> {
  const running = subject.verdict.containers.filter(container => container.left_over && container.state === 'running')
  const seconds = running.length > 0 ? subject.graceSeconds + MARGIN_SECONDS : BELIEF_SECONDS
  using deadline = new Deadline(ending.signal, seconds * 1000)
  const hasEnded = (pod: Pod): boolean => running.length > 0 && running.every(({ name, containerID }) => fate(pod, name, containerID))
  const sight = await ending.watch.until(subject, pod => !isFinished(pod) || hasEnded(pod), deadline.signal).catch(() => undefined)
  ending.signal.throwIfAborted()
  if (sight !== undefined) return sight.isGone || isFinished(sight.pod) ? { kind: 'ended' } : reverted(ending, subject)
  if (running.length === 0) return { kind: 'ended' }
  return { kind: 'failed', errors: [{ way: 'complete', container: null, error: `the pod is finished, but its sidecars still run ${seconds} s later` }] }
}

async function reverted(ending: Ending, subject: Subject): Promise<StepResult> {
  // A watch event may be older than our patch where resource versions do not compare: ask before crying wolf.
  const again = await judgeAgain(ending, subject)
  if (again === undefined || again.verdict.reason === 'already-finished') return { kind: 'ended' }
  return { kind: 'failed', isReverted: true, errors: [{ way: 'complete', container: null, error: 'the kubelet took the phase back' }] }
}
