import type { Cluster, ExecAnswer, PodRef } from '../cluster.ts'
import { printable } from '../printable.ts'
import type { Way } from '../verdict.ts'
import { LIST_PROCESSES, ownProcess } from './processes.ts'

export type SignalWay = Extract<Way, { way: 'signal' }>
type Target = PodRef & { readonly container: string }

/** How a call to a container went. */
export interface Told {
  /** `maybe`: its answer proves nothing, the pod's status will say. `failed`: the container was told nothing. */
  readonly kind: 'told' | 'maybe' | 'failed'
  /** What went wrong; empty when nothing did. */
  readonly error: string
  /** The call did not reach the container's node, or nothing came back from there. */
  readonly isUnreachable: boolean
}

/**
 * Sends the signal to the container's first process by exec of `kill`, or of `sh -c kill` where the image has no kill.
 * In a pod that shares one process namespace, PID 1 is the pause container: there the container's own process is found first.
 */
export async function signalContainer(
  cluster: Cluster,
  target: Target,
  containerID: string | null,
  way: SignalWay,
  signal: AbortSignal,
): Promise<Told> {
  if (way.process === 'pid1') return kill(cluster, target, way.signal, 1, signal)
  const listed = await cluster.exec(target, LIST_PROCESSES, signal)
  if (listed.kind === 'failed') return { ...told(listed), kind: 'failed' }
  if (listed.code !== 0) return failed(`listing the processes of the pod exited ${listed.code}: ${printable(listed.complaint)}`)
  const process = ownProcess(listed.output, containerID)
  if (typeof process === 'string') return failed(process)
  return kill(cluster, target, way.signal, process, signal)
}

async function kill(cluster: Cluster, target: Target, name: string, process: number, signal: AbortSignal): Promise<Told> {
  const direct = await cluster.exec(target, ['kill', `-${name}`, String(process)], signal)
  if (!isMissingCommand(direct)) return told(direct)
  const byShell = told(await cluster.exec(target, ['sh', '-c', `kill -${name} ${process}`], signal))
  return byShell.error === '' ? byShell : { ...byShell, error: `${told(direct).error}; by a shell: ${byShell.error}` }
}

function told(answer: ExecAnswer): Told {
  if (answer.kind === 'failed') return unknown(answer)
  if (answer.code === 0) return { kind: 'told', error: '', isUnreachable: false }
  // The exec itself was killed when the container ended, which a good signal does (137 seen on containerd 1.6).
  if (answer.code === 137 || answer.code === 143) return { kind: 'maybe', error: '', isUnreachable: false }
  return failed(`kill exited ${answer.code}: ${printable(answer.complaint)}`)
}

function unknown({ code, error }: Extract<ExecAnswer, { kind: 'failed' }>): Told {
  // The apiserver's words when the kubelet takes no connection (client-go and proxy: "error dialing backend").
  if (/error dialing backend/.test(error)) return { kind: 'failed', error, isUnreachable: true }
  // No answer in time, or the connection broke: the command may have run all the same.
  if (code === 'unreachable') return { kind: 'maybe', error, isUnreachable: true }
  return failed(error)
}

function failed(error: string): Told {
  return { kind: 'failed', error, isUnreachable: false }
}

// containerd: a Status failure "OCI runtime exec failed: … executable file not found in $PATH"; CRI-O and a shell: exit 127 or 126.
function isMissingCommand(answer: ExecAnswer): boolean {
  if (answer.kind === 'exited') return answer.code === 127 || answer.code === 126
  return /executable file not found|no such file or directory|exec failed/i.test(answer.error)
}
