import { isDeepStrictEqual } from 'node:util'
import { ClusterError } from '../cluster.ts'
import type { WayName } from '../outcome.ts'
import type { Pod } from '../pod.ts'
import type { Subject } from '../plan.ts'
import type { ContainerVerdict, Way } from '../verdict.ts'
import { tellBy } from '../way/tell.ts'
import { failed, TOLD, type Told } from '../way/told.ts'
import { claimPod } from './claim.ts'
import { fate, isFinished } from './container.ts'
import { judgeNow, OVERDUE, type EndedBy, type Ending, type StepError, type StepResult } from './context.ts'
import { isTimeout } from './deadline.ts'

/** For the kubelet to report an end that has happened. */
const MARGIN_SECONDS = 5

/** What came of one container; errors: its ways that did not end it. */
interface End {
  readonly container: ContainerVerdict
  readonly kind: 'ended' | 'running' | 'gone' | 'changed'
  readonly way: WayName | null
  readonly errors: readonly StepError[]
}

/**
 * Tells each of these containers to end, by its own ways in order, and waits until the pod's status says that it has. Those
 * of a higher turn serve the others, so they have theirs when all before them have ended; after one that has not, nobody is
 * told any more.
 */
export async function tellContainers(ending: Ending, subject: Subject, containers: readonly ContainerVerdict[]): Promise<StepResult> {
  const claim = await claimPod(ending, subject, containers)
  if (claim !== 'claimed') return { kind: claim }
  const ends: End[] = []
  for (const turn of turns(containers)) {
    ends.push(...(await Promise.all(turn.map(container => tellOne(ending, subject, container)))))
    if (ends.some(({ kind }) => kind !== 'ended')) break
  }
  const errors = ends.flatMap(end => end.errors)
  const ways = new Map(ends.filter(({ kind }) => kind === 'ended').map(({ container, way }) => [container.name, way]))
  if (ends.some(({ kind }) => kind === 'gone')) return { kind: 'gone' }
  if (ends.some(({ kind }) => kind === 'running')) return { kind: 'failed', errors, ways }
  if (ends.some(({ kind }) => kind === 'changed')) return errors.length > 0 ? { kind: 'failed', errors, ways } : { kind: 'changed' }
  return lastEnd(ending, subject, ends, { errors, ways })
}

/** The containers by their turn, the lowest first. */
function turns(containers: readonly ContainerVerdict[]): readonly (readonly ContainerVerdict[])[] {
  const numbers = [...new Set(containers.map(({ turn = 0 }) => turn))].sort((one, other) => one - other)
  return numbers.map(number => containers.filter(({ turn = 0 }) => turn === number))
}

async function tellOne(ending: Ending, subject: Subject, container: ContainerVerdict): Promise<End> {
  const errors: StepError[] = []
  for (const way of container.ends_itself === undefined ? container.ways : [null]) {
    const { kind, found } = await tryWay(ending, subject, container, way).catch((error: unknown) => cutOff(ending, error))
    if (kind === 'ended' || kind === 'gone') return { container, kind, way: way?.way ?? null, errors }
    errors.push(...found.map(error => ({ way: way?.way ?? null, container: container.name, error })))
    if (kind === 'changed' || ending.signal.aborted) return { container, kind, way: null, errors }
  }
  return { container, kind: 'running', way: null, errors }
}

/** What one way did to a container, and what went wrong: where it ended all the same, that means nothing. */
interface Try {
  readonly kind: End['kind']
  readonly found: readonly string[]
}

/** Tells the container in that way, or in none when it ends by itself, and waits for its end. */
async function tryWay(ending: Ending, subject: Subject, container: ContainerVerdict, way: Way | null): Promise<Try> {
  const told = way === null ? TOLD : await tell(ending, subject, container, way)
  if (told === 'changed') return { kind: 'changed', found: [] }
  const found = told.error === '' ? [] : [told.error]
  if (told.kind === 'failed') return { kind: 'running', found }
  if (told.kind === 'unlikely') return { kind: await endOf(ending, subject, container, MARGIN_SECONDS), found }
  const seconds = container.ends_itself ?? container.grace + MARGIN_SECONDS
  const kind = await endOf(ending, subject, container, seconds)
  if (kind !== 'running') return { kind, found }
  const still = way === null ? `it did not end by itself within ${seconds} s` : `it still runs ${seconds} s after it was told`
  return { kind, found: [...found, still] }
}

/** The pod's deadline or Ctrl-C came in between: what is known by then is not lost. */
function cutOff({ signal }: Ending, error: unknown): Try {
  if (!signal.aborted) throw error
  return { kind: 'running', found: isTimeout(signal) ? [OVERDUE] : [] }
}

async function tell(ending: Ending, subject: Subject, container: ContainerVerdict, way: Way): Promise<Told | 'changed'> {
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

/** These calls cannot be bound to a container id by the API, so the pod is judged right before it, in the same turn. */
async function tellNow(ending: Ending, subject: Subject, container: ContainerVerdict, way: Way): Promise<Told | 'changed'> {
  if (!isStillToBeTold(await judgeNow(ending, subject), container, way)) return 'changed'
  const target = { ...subject.ref, container: container.name, containerID: container.containerID }
  const told = await tellBy(ending.cluster, target, way, ending.signal)
  ending.calls.noteNode(subject.node ?? '', !told.isUnreachable)
  return told
}

function isStillToBeTold(now: Subject | undefined, { name, containerID }: ContainerVerdict, way: Way): boolean {
  return (
    now?.verdict.decision === 'end' &&
    now.verdict.containers.some(
      container =>
        container.name === name && container.containerID === containerID && container.ways.some(offered => isDeepStrictEqual(offered, way)),
    )
  )
}

async function endOf(
  ending: Ending,
  subject: Subject,
  { name, containerID }: ContainerVerdict,
  seconds: number,
): Promise<'ended' | 'running' | 'gone'> {
  const hasEnded = (pod: Pod) => fate(pod, name, containerID) !== undefined
  const sight = await ending.watch.until(subject, hasEnded, seconds, ending.signal)
  if (sight && hasEnded(sight.pod)) return 'ended'
  return sight?.isGone ? 'gone' : 'running'
}

/** What telling containers came to, beside the kind of its end. */
interface Found {
  readonly errors: readonly StepError[]
  readonly ways: EndedBy
}

/** All that was told has ended: is it enough for the pod, and does it last? The kubelet may start a container again. */
async function lastEnd(ending: Ending, subject: Subject, ends: readonly End[], found: Found): Promise<StepResult> {
  const left = subject.verdict.containers.filter(({ left_over }) => left_over)
  if (left.length > ends.length) return { kind: 'failed', ...found }
  const restarted = (pod: Pod) => ends.filter(({ container }) => fate(pod, container.name, container.containerID)?.isRestarted)
  const isOver = (pod: Pod) => isFinished(pod) || restarted(pod).length > 0
  const sight = await ending.watch.until(subject, isOver, subject.graceSeconds + MARGIN_SECONDS, ending.signal)
  const again = sight && !isFinished(sight.pod) ? restarted(sight.pod) : []
  if (again.length === 0) return { kind: 'ended', way: ends[0]?.way ?? null, ...found }
  const error = 'it ended, and the kubelet starts it again'
  const errors = again.map(({ container, way }) => ({ way, container: container.name, error }))
  return { kind: 'failed', errors: [...found.errors, ...errors], ways: found.ways }
}
