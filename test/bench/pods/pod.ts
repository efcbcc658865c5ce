import { randomBytes, randomUUID } from 'node:crypto'
import { managedFields } from './managed-fields.ts'
import { LISTED_BY_SETTINGS, UNLISTED, type Kind } from './mix.ts'
import { seconds, type PodOptions } from './pod-options.ts'
import { podSpec } from './spec.ts'
import { podStatus } from './status.ts'

/** A Job's pod of two containers in all the fields that a list of the API server has, about 5.6 KB of JSON; no two are alike. */
export function listedPod(options: PodOptions) {
  const { index, kind, namespace, job, start } = options
  const name = `${job.name}-${String(index).padStart(5, '0')}-${randomBytes(3).toString('hex').slice(0, 5)}`
  const sidecar = sidecarName(kind)
  const metadata = {
    name,
    generateName: `${job.name}-`,
    namespace,
    uid: randomUUID(),
    resourceVersion: String(100_000 + index),
    generation: 1,
    creationTimestamp: seconds(start),
    labels: {
      app: job.name,
      'batch.kubernetes.io/controller-uid': job.uid,
      'batch.kubernetes.io/job-name': job.name,
      'controller-uid': job.uid,
      'job-name': job.name,
    },
    annotations: { 'checksum/config': randomBytes(32).toString('hex'), ...listingAnnotations(kind, sidecar) },
    ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: job.name, uid: job.uid, controller: true, blockOwnerDeletion: true }],
  }
  const { labels, annotations, ownerReferences } = metadata
  const spec = podSpec(options, MAIN, sidecar)
  const status = podStatus(options, MAIN, sidecar)
  const fields = managedFields(start, { metadata: { labels, annotations, ownerReferences }, spec, status })
  return { metadata: { ...metadata, managedFields: fields }, spec, status }
}

export type ListedPod = ReturnType<typeof listedPod>

const MAIN = 'worker'

function sidecarName({ listing }: Kind): string {
  if (listing === 'catalogue') return 'istio-proxy'
  if (listing === 'settings') return LISTED_BY_SETTINGS
  return listing === 'annotation' ? 'proxy' : UNLISTED
}

function listingAnnotations({ listing }: Kind, sidecar: string): Readonly<Record<string, string>> {
  if (listing === 'annotation') return { 'sidecar-reaper/sidecars': sidecar }
  if (listing !== 'catalogue') return {}
  return {
    'sidecar.istio.io/status':
      '{"initContainers":["istio-init"],"containers":["istio-proxy"],"volumes":["workload-socket","istio-envoy","istio-data"],"revision":"default"}',
  }
}
