import type { Cluster } from '../cluster.ts'
import type { Way } from '../verdict.ts'
import { execCommand } from './exec.ts'
import { callQuit } from './http.ts'
import { signalContainer } from './signal.ts'
import type { Target } from './target.ts'
import type { Told } from './told.ts'

/** Tells the container to end, in that way. */
export function tellBy(cluster: Cluster, target: Target, way: Way, signal: AbortSignal): Promise<Told> {
  switch (way.way) {
    case 'exec':
      return execCommand(cluster, target, way, signal)
    case 'http':
      return callQuit(cluster, target, way, signal)
    case 'signal':
      return signalContainer(cluster, target, way, signal)
  }
}
