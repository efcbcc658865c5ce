import type { Evidence } from './evidence.ts'

/**
 * How often the kubelet took a completed phase back for as long as the containers were still ending: its status manager
 * compares every 10 s (status_manager.go: syncBatch, needsReconcile), and may do so between our patch and the moment when
 * the pod's worker begins to end the pod. The more it has to do, the likelier.
 */
export function relapses({ pods }: Pick<Evidence, 'pods'>): number {
  const phases = pods.flatMap(({ versions }) =>
    versions.slice(1).map(({ status }, index) => [versions[index]?.status.phase ?? '', status.phase] as const),
  )
  return phases.filter(([before, after]) => isTerminal(before) && !isTerminal(after)).length
}

export function isTerminal(phase: string): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}
