import { entryAnswer, statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Cluster } from './cluster.ts'
import type { Collection } from './collection.ts'
import type { Entry } from './entry.ts'
import { eventFaults } from './event-rules.ts'
import { alreadyExists, badRequest, invalid, notFound } from './failure.ts'
import { keyOf } from './objects.ts'
import type { JobManifest, KubeObject, Manifest, PodManifest } from './objects.ts'
import { jsonBody } from './request.ts'
import type { ApiRequest } from './request.ts'
import { eventResource, jobResource, namespaceResource, podResource } from './resources.ts'

/** POST of a new object. */
export function create(cluster: Cluster, collection: Collection<KubeObject>, request: ApiRequest): Answer {
  const { resource } = collection
  const body = jsonBody(request.body)
  if (body === undefined) return statusAnswer(badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`))
  // As far as the sandbox looks at it; it checks no schema.
  const given = body as unknown as Manifest<KubeObject>
  if (resource.isNamespaced && cluster.store.namespaces.entry(request.namespace) === undefined)
    return statusAnswer(notFound(namespaceResource, request.namespace))
  const { name, generateName } = given.metadata ?? {}
  if (name === undefined && generateName === undefined) {
    return statusAnswer(
      invalid(resource, '', [
        {
          field: 'metadata.name',
          reason: 'FieldValueRequired',
          message: 'Required value: name or generateName is required',
        },
      ]),
    )
  }
  const faults = resource === eventResource ? eventFaults(body, request.namespace) : []
  if (faults.length > 0) return statusAnswer(invalid(resource, name ?? '', faults))
  const { namespace: _namespace, ...own } = given.metadata
  const manifest = { ...given, metadata: resource.isNamespaced ? { ...own, namespace: request.namespace } : own }
  if (name !== undefined && collection.entry(keyOf(manifest.metadata)) !== undefined) return statusAnswer(alreadyExists(resource, name))
  return entryAnswer(201, store(cluster, collection, manifest))
}

function store(cluster: Cluster, collection: Collection<KubeObject>, manifest: Manifest<KubeObject>): Entry {
  // A manifest posted to a resource is one of that resource.
  if (collection.resource === podResource) return cluster.addPod(manifest as PodManifest)
  if (collection.resource === jobResource) return cluster.addJob(manifest as JobManifest)
  const { kind: _kind, apiVersion: _apiVersion, ...object } = manifest
  return collection.add({ ...object, metadata: cluster.store.metadata(manifest.metadata) }, 'client')
}
