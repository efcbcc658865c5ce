import { type Cluster, ClusterError, type Scope } from '../cluster.ts'
import type { Landscape } from './judge.ts'
import type { Limits } from './limits.ts'

/** Reads namespaces and nodes once a sweep; what may not be read is null, and a limit. */
export async function readLandscape(cluster: Cluster, scope: Scope, limits: Limits, signal: AbortSignal): Promise<Landscape> {
  const orNull = <T>(without: string, call: Promise<T>): Promise<T | null> =>
    call.catch((error: unknown) => {
      if (!(error instanceof ClusterError) || error.code !== 'forbidden') throw error
      limits.note(without, error.message)
      return null
    })
  const [namespaces, nodes] = await Promise.all([
    orNull('The namespace label sidecar-reaper/enabled is not heeded', cluster.namespaceLabels(scope, signal)),
    orNull('Pods on nodes that are not Ready are not left alone', cluster.nodesReady(signal)),
  ])
  return { namespaces, nodes }
}
