import { accessReview } from './access.ts'
import type { Denial } from './access.ts'
import { entryAnswer, jsonAnswer, statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Cluster } from './cluster.ts'
import type { Collection } from './collection.ts'
import { create } from './create.ts'
import { badRequest, methodNotAllowed, notFound, unknownPath } from './failure.ts'
import { effectOf } from './fault.ts'
import type { Effect } from './fault.ts'
import type { Lists } from './list.ts'
import type { KubeObject } from './objects.ts'
import { remove } from './remove.ts'
import { keyOfRequest } from './request.ts'
import type { ApiRequest } from './request.ts'
import { selectorFault } from './selector.ts'
import { patch } from './update.ts'

export type DispatchTools = {
  readonly cluster: Cluster
  readonly lists: Lists
  readonly denied: readonly Denial[]
  readonly gitVersion: string
}

/** Answers everything but watches and upgrades. */
export function dispatch(request: ApiRequest, effects: readonly Effect[], tools: DispatchTools): Answer {
  if (request.path === '/version') return version(tools.gitVersion)
  if (isAccessReview(request)) return jsonAnswer(201, accessReview(tools.denied, JSON.parse(request.body)))
  const collection = collectionOf(tools.cluster, request)
  if (collection === undefined) return statusAnswer(unknownPath())
  if (request.subresource === 'exec' || request.subresource === 'portforward') return statusAnswer(badRequest('Upgrade request required'))
  if (request.subresource !== '' && request.subresource !== 'status') return statusAnswer(unknownPath())
  const fault = selectorFault(request.query)
  return fault === undefined ? answer(collection, request, effects, tools) : statusAnswer(badRequest(fault))
}

function answer(
  collection: Collection<KubeObject>,
  request: ApiRequest,
  effects: readonly Effect[],
  { cluster, lists }: DispatchTools,
): Answer {
  switch (request.verb) {
    case 'list':
      return lists.answer(collection, request)
    case 'get':
      return get(collection, request)
    case 'create':
      return create(cluster, collection, request)
    case 'patch':
      return patch(collection, request, effectOf(effects, 'revert') === undefined ? 'client' : 'unheard')
    case 'delete':
      return remove(cluster, collection, request)
    default:
      return statusAnswer(methodNotAllowed())
  }
}

function get(collection: Collection<KubeObject>, request: ApiRequest): Answer {
  const stored = collection.entry(keyOfRequest(request))
  return stored === undefined ? statusAnswer(notFound(collection.resource, request.name)) : entryAnswer(200, stored)
}

/** The collection that a request is for, if the sandbox serves it. */
export function collectionOf(cluster: Cluster, request: ApiRequest): Collection<KubeObject> | undefined {
  const { pods, jobs, nodes, namespaces, events, cronJobs, webhooks } = cluster.store
  // One element of the union is as good as another here: each is asked for its own objects only.
  const all = [pods, jobs, nodes, namespaces, events, cronJobs, webhooks] as readonly Collection<KubeObject>[]
  return all.find(
    ({ resource }) => resource.plural === request.resource && resource.group === request.group && resource.version === request.version,
  )
}

function isAccessReview(request: ApiRequest): boolean {
  return request.group === 'authorization.k8s.io' && request.resource === 'selfsubjectaccessreviews' && request.verb === 'create'
}

function version(gitVersion: string): Answer {
  const [major = '1', minor = ''] = gitVersion.replace(/^v/, '').split('.')
  return jsonAnswer(200, { major, minor, gitVersion, platform: 'linux/amd64' })
}
