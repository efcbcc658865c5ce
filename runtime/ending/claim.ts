import { ClusterError } from '../cluster.ts'
import { CLAIM_ANNOTATION } from '../names.ts'
import type { Subject } from '../plan.ts'
import type { ContainerVerdict } from '../verdict.ts'
import type { Ending } from './context.ts'
import { patchStatus } from './patch.ts'

/**
 * Claims the pod for this sweep, so that no other one tells its sidecars a second time. The patch is guarded by the
 * verdict's resourceVersion: once it is accepted, the pod is still as it was judged. Without the right to patch
 * pods/status the ending goes on unclaimed.
 */
export async function claimPod(
  ending: Ending,
  subject: Subject,
  containers: readonly ContainerVerdict[],
): Promise<'claimed' | 'changed' | 'gone'> {
  try {
    await patchStatus(ending, subject, { [CLAIM_ANNOTATION]: claim(ending.sweep, ending.cluster.now(), containers) })
  } catch (error) {
    if (!(error instanceof ClusterError)) throw error
    if (error.code === 'conflict') return 'changed'
    if (error.code === 'not-found') return 'gone'
    if (error.code !== 'forbidden') throw error
    ending.limits.note('Pods are not claimed, so sweeps at the same time may tell a sidecar twice', error.message)
  }
  return 'claimed'
}

function claim(by: string, now: Date, containers: readonly ContainerVerdict[]): string {
  const told = containers.filter(({ ways }) => ways.length > 0)
  const ids = Object.fromEntries(told.map(({ name, containerID }) => [name, containerID ?? '']))
  return JSON.stringify({ at: Math.floor(now.getTime() / 1000), by, way: told[0]?.ways[0]?.way, containers: ids })
}
