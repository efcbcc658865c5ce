import { entryAnswer, statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Actor } from './changes.ts'
import type { Collection } from './collection.ts'
import { entry } from './entry.ts'
import { badRequest, conflict, invalid, notFound, unsupportedPatch } from './failure.ts'
import type { Json, KubeObject } from './objects.ts'
import { mergePatch, strategicMergePatch } from './patch.ts'
import { isDryRun, jsonBody, keyOfRequest } from './request.ts'
import type { ApiRequest } from './request.ts'

const patches: Readonly<Record<string, (target: Json, patch: Json) => Json>> = {
  'application/merge-patch+json': mergePatch,
  'application/strategic-merge-patch+json': strategicMergePatch,
}

/** PATCH of an object or of its status, guarded by metadata.resourceVersion where the patch names one. */
export function patch(collection: Collection<KubeObject>, request: ApiRequest, actor: Actor): Answer {
  const { resource } = collection
  const apply = patches[request.headers['content-type']?.split(';')[0] ?? '']
  if (apply === undefined) return statusAnswer(unsupportedPatch())
  const body = jsonBody(request.body)
  if (body === undefined) return statusAnswer(badRequest('error decoding patch: invalid character'))
  const key = keyOfRequest(request)
  const stored = collection.entry(key)
  if (stored === undefined) return statusAnswer(notFound(resource, request.name))
  const { resourceVersion, uid } = Object(body['metadata'])
  if (resourceVersion !== undefined && resourceVersion !== stored.object.metadata.resourceVersion)
    return statusAnswer(conflict(resource, request.name))
  if (uid !== undefined && uid !== stored.object.metadata.uid) {
    return statusAnswer(
      invalid(resource, request.name, [
        { field: 'metadata.uid', reason: 'FieldValueInvalid', message: `Invalid value: "${uid}": field is immutable` },
      ]),
    )
  }
  const change = (object: KubeObject): KubeObject => inSubresource(object, patched(apply, object, body), request.subresource)
  if (isDryRun(request)) return entryAnswer(200, entry(resource, change(stored.object), stored.version))
  return entryAnswer(200, collection.update(key, change, actor) ?? stored)
}

// Stored objects came from JSON, and a patched one is taken as it is: the sandbox checks no schema.
function patched(apply: (target: Json, patch: Json) => Json, object: KubeObject, body: Json): KubeObject {
  return apply(object as unknown as Json, body) as unknown as KubeObject
}

// A status request changes status, labels and annotations; any other leaves the status as it is (pod strategy).
function inSubresource(before: KubeObject, after: KubeObject, subresource: string): KubeObject {
  const { labels, annotations } = after.metadata
  const metadata = {
    ...before.metadata,
    ...(labels !== undefined && { labels }),
    ...(annotations !== undefined && { annotations }),
  }
  const changed =
    subresource === 'status'
      ? { ...before, ...(after.status !== undefined && { status: after.status }) }
      : { ...after, ...(before.status !== undefined && { status: before.status }) }
  return { ...changed, metadata }
}
