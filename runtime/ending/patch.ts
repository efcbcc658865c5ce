import type { Subject } from '../plan.ts'
import type { Ending } from './context.ts'

/**
 * Patches annotations and status of the pod, provided that it is still the version that was judged.
 * @throws {NotBegun} when the sweep was stopped before the patch had its turn
 * @throws {ClusterError} `conflict` when the pod has changed
 */
export async function patchStatus(
  { cluster, watch, begin, signal }: Ending,
  { ref, resourceVersion }: Subject,
  annotations: Readonly<Record<string, string>>,
  status?: object,
): Promise<void> {
  const patch = { metadata: { resourceVersion, annotations }, ...(status && { status }) }
  watch.note(await begin(() => cluster.patchPodStatus(ref, patch, signal)))
}
