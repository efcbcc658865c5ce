import type { Cluster, ExecAnswer, PodRef } from '../cluster.ts'
import type { Told } from '../ending/tell.ts'
import { printable } from '../printable.ts'
import type { Way } from '../verdict.ts'
import { LIST_PROCESSES, ownProcess } from './processes.ts'

export type SignalWay = Extract<Way, { way: 'signal' }>
type Target = PodRef & { readonly container: string }

/** What a signal came to; `isUnreachable` when the call did not reach the container's node. */
export interface Signalled {
  readonly told: Told
  readonly isUnreachable: boolean
}

/**
 * Sends the signal to the container's first process by exec of `kill`, or of `sh -c kill` where the image has no kill.
 * In a pod that shares one process namespace, PID 1 is the pause container: there the container's own process is found first.
 */
export async function signalContainer(cluster: Cluster, target: Target, containerID: string | null, way: SignalWay, signal: AbortSignal): Promise<Signalled> {
  if (way.process === 'pid1') return kill(cluster, target, way.signal, 1, signal)
  const listed = await cluster.exec(target, LIST_PROCESSES, signal)
  if (listed.kind === 'failed') return failed(listed)
  const process = ownProcess(listed.output, containerID)
  if (process === undefined) return { told: { kind: 'failed', error: 'its own process was not found among those of the pod' }, isUnreachable: false }
  return kill(cluster, target, way.signal, process, signal)
}

async function kill(cluster: Cluster, target: Target, name: string, process: number, signal: AbortSignal): Promise<Signalled> {
  const direct = await cluster.exec(target, ['kill', `-${name}`, String(process)], signal)
  if (!isMissingCommand(direct)) return judged(direct)
  return judged(await cluster.exec(target, ['sh', '-c', `kill -${name} ${process}`], signal))
}

function judged(answer: ExecAnswer): Signalled {
  if (answer.kind === 'failed') return failed(answer)
  // 137: the exec itself was killed when the container ended, which a good signal does (seen on containerd 1.6).
  if (answer.code === 0) return { told: { kind: 'told' }, isUnreachable: false }
  if (answer.code === 137 || answer.code === 143) return { told: { kind: 'maybe' }, isUnreachable: false }
  return { told: { kind: 'failed', error: `kill exited ${answer.code}: ${printable(answer.complaint)}` }, isUnreachable: false }
}

function failed(answer: Extract<ExecAnswer, { kind: 'failed' }>): Signalled {
  return { told: { kind: 'failed', error: answer.error }, isUnreachable: answer.code === 'unreachable' }
}

// containerd: a Status failure "OCI runtime exec failed: … executable file not found in $PATH"; CRI-O and a shell: exit 127 or 126.
function isMissingCommand(answer: ExecAnswer): boolean {
  if (answer.kind === 'exited') return answer.code === 127 || answer.code === 126
  return /executable file not found|no such file or directory|exec failed/i.test(answer.error)
}
