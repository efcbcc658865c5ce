import type { Cluster } from '../cluster.ts'
import { printable } from '../printable.ts'
import type { Way } from '../verdict.ts'
import { LIST_PROCESSES, ownProcess } from './processes.ts'
import type { Target } from './target.ts'
import { failed, isMissingCommand, type Told, toldBy } from './told.ts'

/**
 * Sends the signal to the container's first process by exec of `kill`, or of `sh -c kill` where the image has no kill.
 * In a pod that shares one process namespace, PID 1 is the pause container: there the container's own process is found first.
 */
export async function signalContainer(
  cluster: Cluster,
  target: Target,
  way: Extract<Way, { way: 'signal' }>,
  signal: AbortSignal,
): Promise<Told> {
  if (way.process === 'pid1') return kill(cluster, target, way.signal, 1, signal)
  const listed = await cluster.exec(target, LIST_PROCESSES, signal)
  if (listed.kind === 'failed') return { ...toldBy(listed, 'sh'), kind: 'failed' }
  if (listed.code !== 0) return failed(`listing the processes of the pod exited ${listed.code}: ${printable(listed.complaint)}`)
  const process = ownProcess(listed.output, target.containerID)
  if (typeof process === 'string') return failed(process)
  return kill(cluster, target, way.signal, process, signal)
}

async function kill(cluster: Cluster, target: Target, name: string, process: number, signal: AbortSignal): Promise<Told> {
  const direct = await cluster.exec(target, ['kill', `-${name}`, String(process)], signal)
  if (!isMissingCommand(direct)) return toldBy(direct, 'kill')
  const byShell = toldBy(await cluster.exec(target, ['sh', '-c', `kill -${name} ${process}`], signal), 'kill')
  return byShell.error === '' ? byShell : { ...byShell, error: `${toldBy(direct, 'kill').error}; by a shell: ${byShell.error}` }
}
