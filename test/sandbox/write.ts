import { entryAnswer, jsonAnswer, statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Actor } from './changes.ts'
import type { Cluster } from './cluster.ts'
import type { Collection } from './collection.ts'
import type { Entry } from './entry.ts'
import { eventFaults } from './event-rules.ts'
import { alreadyExists, badRequest, conflict, invalid, notFound, unsupportedPatch } from './failure.ts'
import { keyOf } from './objects.ts'
import type { Job, JobManifest, Json, KubeObject, Manifest, PodManifest } from './objects.ts'
import { mergePatch, strategicMergePatch } from './patch.ts'
import type { ApiRequest } from './request.ts'
import { eventResource, jobResource, namespaceResource, podResource } from './resources.ts'

const patches: Readonly<Record<string, (target: Json, patch: Json) => Json>> = {
  'application/merge-patch+json': mergePatch,
  'application/strategic-merge-patch+json': strategicMergePatch,
}

/** PATCH of an object or of its status, guarded by metadata.resourceVersion where the patch names one. */
export function patch(collection: Collection<KubeObject>, request: ApiRequest, actor: Actor): Answer {
  const { resource } = collection
  const apply = patches[request.headers['content-type']?.split(';')[0] ?? '']
  if (apply === undefined) return statusAnswer(unsupportedPatch())
  const body = parse(request.body)
  if (body === undefined) return statusAnswer(badRequest('error decoding patch: invalid character'))
  const key = keyOfRequest(request)
  const stored = collection.entry(key)
  if (stored === undefined) return statusAnswer(notFound(resource, request.name))
  const { resourceVersion, uid } = Object(body['metadata'])
  if (resourceVersion !== undefined && resourceVersion !== stored.object.metadata.resourceVersion) return statusAnswer(conflict(resource, request.name))
  if (uid !== undefined && uid !== stored.object.metadata.uid) {
    return statusAnswer(invalid(resource, request.name, [{ field: 'metadata.uid', reason: 'FieldValueInvalid', message: `Invalid value: "${uid}": field is immutable` }]))
  }
  const change = (object: KubeObject): KubeObject => inSubresource(object, patched(apply, object, body), request.subresource)
  return entryAnswer(200, collection.update(key, change, actor) ?? stored)
}

// Stored objects came from JSON, and a patched one is taken as it is: the sandbox checks no schema.
function patched(apply: (target: Json, patch: Json) => Json, object: KubeObject, body: Json): KubeObject {
  return apply(object as unknown as Json, body) as unknown as KubeObject
}

// A status request changes status, labels and annotations; any other leaves the status as it is (pod strategy).
function inSubresource(before: KubeObject, after: KubeObject, subresource: string): KubeObject {
  const { labels, annotations } = after.metadata
  const metadata = { ...before.metadata, ...(labels !== undefined && { labels }), ...(annotations !== undefined && { annotations }) }
  const changed = subresource === 'status' ? { ...before, ...(after.status !== undefined && { status: after.status }) } : { ...after, ...(before.status !== undefined && { status: before.status }) }
  return { ...changed, metadata }
}

/** POST of a new object. */
export function create(cluster: Cluster, collection: Collection<KubeObject>, request: ApiRequest): Answer {
  const { resource } = collection
  const body = parse(request.body)
  if (body === undefined) return statusAnswer(badRequest(`the object provided is unrecognized (must be of type ${resource.kind})`))
  // As far as the sandbox looks at it; it checks no schema.
  const given = body as unknown as Manifest<KubeObject>
  if (resource.isNamespaced && cluster.store.namespaces.entry(request.namespace) === undefined) return statusAnswer(notFound(namespaceResource, request.namespace))
  const { name, generateName } = given.metadata ?? {}
  if (name === undefined && generateName === undefined) {
    return statusAnswer(invalid(resource, '', [{ field: 'metadata.name', reason: 'FieldValueRequired', message: 'Required value: name or generateName is required' }]))
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

/** DELETE of an object; a pod gets its grace. */
export function remove(cluster: Cluster, collection: Collection<KubeObject>, request: ApiRequest): Answer {
  const key = keyOfRequest(request)
  const stored = collection.entry(key)
  if (stored === undefined) return statusAnswer(notFound(collection.resource, request.name))
  const options = parse(request.body === '' ? '{}' : request.body) ?? {}
  const { uid } = Object(options['preconditions'])
  if (uid !== undefined && uid !== stored.object.metadata.uid) return statusAnswer(conflict(collection.resource, request.name))
  const grace = options['gracePeriodSeconds'] ?? request.query.get('gracePeriodSeconds')
  const pod = cluster.store.pods.entry(key)?.object
  if (collection.resource === podResource && pod !== undefined) {
    return entryAnswer(200, cluster.deletePod(pod, grace === null ? undefined : Number(grace)) ?? stored)
  }
  if (collection.resource === jobResource) deletePods(cluster, stored.object.metadata.uid)
  collection.remove(key, 'client')
  return jsonAnswer(200, { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', details: { name: request.name, kind: collection.resource.plural, uid: stored.object.metadata.uid } })
}

function deletePods(cluster: Cluster, jobUid: Job['metadata']['uid']): void {
  const isOwned = (object: KubeObject): boolean => object.metadata.ownerReferences?.some(owner => owner.uid === jobUid) === true
  for (const { object } of cluster.store.pods.entries().filter(entry => isOwned(entry.object))) cluster.deletePod(object)
}

function keyOfRequest(request: ApiRequest): string {
  return request.namespace === '' ? request.name : `${request.namespace}/${request.name}`
}

function parse(text: string): { readonly [key: string]: Json } | undefined {
  try {
    const body: unknown = JSON.parse(text)
    // What JSON.parse gives as an object that is no list has JSON fields.
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as { readonly [key: string]: Json }) : undefined
  } catch {
    return undefined
  }
}
