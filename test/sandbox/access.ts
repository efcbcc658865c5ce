import { forbidden } from './failure.ts'
import type { Status } from './failure.ts'
import type { Json } from './objects.ts'
import type { ApiRequest } from './request.ts'

/** What the reaper is not allowed to do. A field that is left out means any; `namespace: ''` means the whole cluster at once. */
export type Denial = {
  readonly verb?: string
  readonly resource?: string
  readonly group?: string
  readonly namespace?: string
}

/** One thing that someone wants to do; the resource carries its subresource, as in `pods/exec`. */
export type Action = {
  readonly verb: string
  readonly resource: string
  readonly group: string
  readonly namespace: string
  readonly name: string
}

export function isDenied(denied: readonly Denial[], action: Action): boolean {
  return denied.some(
    denial =>
      (denial.verb ?? action.verb) === action.verb &&
      (denial.resource ?? action.resource) === action.resource &&
      (denial.group ?? action.group) === action.group &&
      (denial.namespace ?? action.namespace) === action.namespace,
  )
}

/** The actions that a request needs. From 1.35 exec needs `create` too, though it comes as a GET (kubernetes#134577). */
export function actions(request: ApiRequest, minor: number): readonly Action[] {
  const { verb, group, namespace, name } = request
  const resource = request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`
  const action = { verb, resource, group, namespace, name }
  const isConnect = ['exec', 'portforward', 'attach'].includes(request.subresource)
  return isConnect && minor >= 35 && verb === 'get' ? [action, { ...action, verb: 'create' }] : [action]
}

/** The apiserver's words for a denied action. */
export function denial(user: string, action: Action): Status {
  const { verb, resource, group, namespace, name } = action
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`
  const [plural = ''] = resource.split('/')
  return forbidden(plural, group, name, `User "${user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`)
}

/** Answers a SelfSubjectAccessReview. */
export function accessReview(denied: readonly Denial[], body: Json): Json {
  const review = fields(body)
  const wanted = fields(review['spec'])['resourceAttributes']
  const { verb, resource, subresource, group, namespace, name } = fields(wanted)
  const full = subresource ? `${text(resource)}/${text(subresource)}` : text(resource)
  const action = { verb: text(verb), resource: full, group: text(group), namespace: text(namespace), name: text(name) }
  const isAllowed = wanted === undefined || !isDenied(denied, action)
  const status = isAllowed ? { allowed: true, reason: 'RBAC: allowed by ClusterRoleBinding "sidecar-reaper"' } : { allowed: false }
  return {
    kind: 'SelfSubjectAccessReview',
    apiVersion: 'authorization.k8s.io/v1',
    metadata: {},
    spec: review['spec'] ?? {},
    status,
  }
}

function fields(value: Json | undefined): { readonly [key: string]: Json } {
  // Not null, not a list: a JSON object.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { readonly [key: string]: Json }) : {}
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}
