import { entryAnswer, jsonAnswer, statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Cluster } from './cluster.ts'
import type { Collection } from './collection.ts'
import { conflict, notFound } from './failure.ts'
import type { KubeObject } from './objects.ts'
import { jsonBody, keyOfRequest } from './request.ts'
import type { ApiRequest } from './request.ts'
import { jobResource, podResource } from './resources.ts'

/** DELETE of an object; a pod gets its grace. */
export function remove(cluster: Cluster, collection: Collection<KubeObject>, request: ApiRequest): Answer {
  const key = keyOfRequest(request)
  const stored = collection.entry(key)
  if (stored === undefined) return statusAnswer(notFound(collection.resource, request.name))
  const options = jsonBody(request.body) ?? {}
  const { uid } = Object(options['preconditions'])
  if (uid !== undefined && uid !== stored.object.metadata.uid) return statusAnswer(conflict(collection.resource, request.name))
  const grace = options['gracePeriodSeconds'] ?? request.query.get('gracePeriodSeconds')
  const pod = cluster.store.pods.entry(key)?.object
  if (collection.resource === podResource && pod !== undefined) {
    return entryAnswer(200, cluster.deletePod(pod, grace === null ? undefined : Number(grace)) ?? stored)
  }
  if (collection.resource === jobResource) deletePods(cluster, stored.object.metadata.uid)
  collection.remove(key, 'client')
  return jsonAnswer(200, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: { name: request.name, kind: collection.resource.plural, uid: stored.object.metadata.uid },
  })
}

function deletePods(cluster: Cluster, jobUid: string): void {
  const isOwned = (object: KubeObject): boolean => object.metadata.ownerReferences?.some(owner => owner.uid === jobUid) === true
  for (const { object } of cluster.store.pods.entries().filter(entry => isOwned(entry.object))) cluster.deletePod(object)
}
