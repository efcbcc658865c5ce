import { ClusterError } from '../cluster.ts'
import type { Pod } from '../pod.ts'
import type { Subject } from '../plan.ts'
import type { ContainerVerdict, Way } from '../verdict.ts'
import { signalContainer, type SignalWay, type Told } from '../way/signal.ts'
import { claimPod } from './claim.ts'
import { fate, isFinished } from './container.ts'
import { judgeNow, type Ending, type StepError, type StepResult } from './context.ts'

/** For the kubelet to report an end that has happened. */
const MARGIN_SECONDS = 5

/** What came of one container: errors when none of its ways ended it. */
type End = 'ended' | 'gone' | 'changed' | readonly StepError[]

/** Tells each of these containers to end, by its own ways in order, and waits until the pod's status says that it has. */
export async function tellContainers(ending: Ending, subject: Subject, containers: readonly ContainerVerdict[]): Promise<StepResult> {
  const claim = await claimPod(ending, subject, containers)
  if (claim !== 'claimed') return { kind: claim }
  const ends = await Promise.all(containers.map(container => tellOne(ending, subject, container)))
  if (ends.includes('gone')) return { kind: 'gone' }
  const errors = ends.flatMap(end => (typeof end === 'string' ? [] : end))
  if (errors.length > 0) return { kind: 'failed', errors }
  return ends.includes('changed') ? { kind: 'changed' } : lastEnd(ending, subject, containers)
}

async function tellOne(ending: Ending, subject: Subject, container: ContainerVerdict): Promise<End> {
  const errors: StepError[] = []
  for (const way of container.ways) {
    const fail = (error: string) => errors.push({ way: way.way, container: container.name, error })
    const told = await tell(ending, subject, container, way)
    if (told === 'changed') return errors.length > 0 ? errors : 'changed'
    if (told.error !== '') fail(told.error)
    if (told.kind === 'failed') continue
    const end = await endOf(ending, subject, container)
    if (end !== 'running') return end
    fail(`it still runs ${container.grace + MARGIN_SECONDS} s after it was told`)
  }
  return errors
}

async function tell(ending: Ending, subject: Subject, container: ContainerVerdict, way: Way): Promise<Told | 'changed'> {
  if (way.way !== 'signal') return failed(`the way ${way.way} is not built in`)
  const { calls, signal } = ending
  const node = subject.node ?? ''
  try {
    return await calls.runOnNode(node, async () => {
      if (calls.isUnreachable(node)) return failed(`node ${node} did not answer twice and is left out of this sweep`)
      return await tellNow(ending, subject, container, way)
    })
  } catch (error) {
    if (signal.aborted || !(error instanceof ClusterError)) throw error
    return failed(error.message)
  }
}

/** An exec cannot be bound to a container id by the API, so the pod is judged right before it, in the same turn. */
async function tellNow(ending: Ending, subject: Subject, container: ContainerVerdict, way: SignalWay): Promise<Told | 'changed'> {
  if (!isStillToBeTold(await judgeNow(ending, subject), container, way)) return 'changed'
  const target = { ...subject.ref, container: container.name }
  const told = await signalContainer(ending.cluster, target, container.containerID, way, ending.signal)
  ending.calls.noteNode(subject.node ?? '', !told.isUnreachable)
  return told
}

function failed(error: string): Told {
  return { kind: 'failed', error, isUnreachable: false }
}

function isStillToBeTold(now: Subject | undefined, { name, containerID }: ContainerVerdict, { way }: Way): boolean {
  return (
    now?.verdict.decision === 'end' &&
    now.verdict.containers.some(
      container => container.name === name && container.containerID === containerID && container.ways.some(offered => offered.way === way),
    )
  )
}

async function endOf(
  ending: Ending,
  subject: Subject,
  { name, containerID, grace }: ContainerVerdict,
): Promise<'ended' | 'running' | 'gone'> {
  const hasEnded = (pod: Pod) => fate(pod, name, containerID) !== undefined
  const sight = await ending.watch.until(subject, hasEnded, grace + MARGIN_SECONDS, ending.signal)
  if (sight && hasEnded(sight.pod)) return 'ended'
  return sight?.isGone ? 'gone' : 'running'
}

/** All that was told has ended: is it enough for the pod, and does it last? The kubelet may start a container again. */
async function lastEnd(ending: Ending, subject: Subject, told: readonly ContainerVerdict[]): Promise<StepResult> {
  const left = subject.verdict.containers.filter(({ left_over }) => left_over)
  if (left.length > told.length) return { kind: 'failed', errors: [] }
  const restarted = (pod: Pod) => told.filter(({ name, containerID }) => fate(pod, name, containerID)?.isRestarted)
  const isOver = (pod: Pod) => isFinished(pod) || restarted(pod).length > 0
  const sight = await ending.watch.until(subject, isOver, subject.graceSeconds + MARGIN_SECONDS, ending.signal)
  const again = sight && !isFinished(sight.pod) ? restarted(sight.pod) : []
  if (again.length === 0) return { kind: 'ended' }
  const error = 'it ended, and the kubelet starts it again'
  return { kind: 'failed', errors: again.map(({ name, ways }) => ({ way: ways[0]?.way ?? 'signal', container: name, error })) }
}
