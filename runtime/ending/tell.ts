import type { Subject } from '../plan.ts'
import type { ContainerVerdict, Way } from '../verdict.ts'
import { signalContainer } from '../way/signal.ts'
import { claimPod } from './claim.ts'
import { fate } from './container.ts'
import { Deadline } from './deadline.ts'
import { judgeAgain, type Ending, type StepError, type StepResult } from './context.ts'

/** For the kubelet to report an end that has happened. */
const MARGIN_SECONDS = 5

/** How a call to a sidecar went; `maybe` when its answer proves nothing, for the pod's status to say. */
export type Told = { readonly kind: 'told' | 'maybe' } | { readonly kind: 'failed'; readonly error: string }

/** Tells each of these containers to end, by its own ways in order, and waits until the pod's status says that it has. */
export async function tellContainers(ending: Ending, subject: Subject, containers: readonly ContainerVerdict[]): Promise<StepResult> {
  const claim = await claimPod(ending, subject, containers)
  if (claim === 'changed' || claim === 'gone') return { kind: claim }
  if (claim === 'unclaimed' && !(await isAsJudged(ending, subject, containers))) return { kind: 'changed' }
  const results = await Promise.all(containers.map(container => tellOne(ending, subject, container)))
  if (results.includes('gone')) return { kind: 'gone' }
  const errors = results.flatMap(result => (Array.isArray(result) ? result : []))
  return errors.length > 0 ? { kind: 'failed', errors } : { kind: 'ended' }
}

async function tellOne(ending: Ending, subject: Subject, container: ContainerVerdict): Promise<'ended' | 'gone' | StepError[]> {
  const errors: StepError[] = []
  for (const [index, way] of container.ways.entries()) {
    const fail = (error: string): unknown => errors.push({ way: way.way, container: container.name, error })
    if (index > 0 && !(await isAsJudged(ending, subject, [container]))) return errors
    const told = await tell(ending, subject, container, way)
    if (told.kind === 'failed') fail(told.error)
    const end = await endOf(ending, subject, container, told.kind === 'failed' ? 0 : container.grace)
    if (end === 'ended' || end === 'gone') return end
    if (end === 'restarted') return [...errors, { way: way.way, container: container.name, error: 'it ended, and the kubelet started it again' }]
    if (told.kind !== 'failed') fail(`it still runs ${container.grace + MARGIN_SECONDS} s after it was told`)
  }
  return errors
}

async function tell({ cluster, calls, signal }: Ending, { ref, node }: Subject, container: ContainerVerdict, way: Way): Promise<Told> {
  if (way.way !== 'signal') return { kind: 'failed', error: `the way ${way.way} is not built in` }
  const at = node ?? ''
  return calls.runOnNode(at, async () => {
    if (calls.isUnreachable(at)) return { kind: 'failed', error: `node ${at} did not answer twice and is left out of this sweep` }
    const { told, isUnreachable } = await signalContainer(cluster, { ...ref, container: container.name }, container.containerID, way, signal)
    if (isUnreachable) calls.countFailure(at)
    return told
  })
}

/** Whether the pod is still to be ended, with these very containers: an exec cannot be bound to a container id by the API. */
async function isAsJudged(ending: Ending, subject: Subject, containers: readonly ContainerVerdict[]): Promise<boolean> {
  const again = await judgeAgain(ending, subject)
  if (again?.verdict.decision !== 'end') return false
  return containers.every(({ name, containerID }) =>
    again.verdict.containers.some(now => now.name === name && now.containerID === containerID && now.left_over && now.state === 'running'),
  )
}

async function endOf(ending: Ending, subject: Subject, { name, containerID }: ContainerVerdict, grace: number): Promise<'ended' | 'restarted' | 'running' | 'gone'> {
  using deadline = new Deadline(ending.signal, (grace + MARGIN_SECONDS) * 1000)
  const sight = await ending.watch.until(subject, pod => fate(pod, name, containerID) !== undefined, deadline.signal).catch(() => undefined)
  ending.signal.throwIfAborted()
  if (sight === undefined) return 'running'
  const end = fate(sight.pod, name, containerID)
  if (end === undefined) return sight.isGone ? 'gone' : 'running'
  return end.isRestarted ? 'restarted' : 'ended'
}
