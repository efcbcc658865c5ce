import type { Permission, PodPatch, PodRef, Resource, Scope } from '../cluster.ts'
import type { Repeat } from './retry.ts'

/** One call to the API, with all that a message about its failure needs. */
export interface Operation {
  /** What it does, to follow "Cannot": `list pods in namespace shop`. */
  readonly task: string
  readonly permission: Permission
  readonly method: 'GET' | 'PATCH' | 'POST'
  /** Path and query below the server's address. */
  readonly path: string
  readonly body?: { readonly type: string; readonly text: string }
  readonly repeat: Repeat
}

export type Query = Readonly<Record<string, string | undefined>>

/** Those that have not finished: of the others no container is left. A watch sees all, lest a pod that finishes looks deleted. */
export function listPods({ namespace, labelSelector }: Scope, query: Query): Operation {
  return listing('pods', namespace, { labelSelector, fieldSelector: 'status.phase!=Succeeded,status.phase!=Failed', ...query })
}

export function watchPods({ namespace, labelSelector }: Scope, query: Query): Operation {
  const list = listing('pods', namespace, { labelSelector, watch: '1', allowWatchBookmarks: 'true', ...query })
  return { ...list, task: list.task.replace('list', 'watch'), permission: { ...list.permission, verb: 'watch' } }
}

export function listNodes(query: Query): Operation {
  return listing('nodes', undefined, query)
}

export function listNamespaces(query: Query): Operation {
  return listing('namespaces', undefined, query)
}

export function readNamespace(name: string): Operation {
  return {
    task: `read namespace ${name}`,
    permission: { verb: 'get', resource: 'namespaces', apiGroup: '', namespace: name },
    method: 'GET',
    path: url(['api', 'v1', 'namespaces', name]),
    repeat: 'read',
  }
}

export function readPod({ namespace, name }: PodRef): Operation {
  return {
    task: `read pod ${namespace}/${name}`,
    permission: { verb: 'get', resource: 'pods', apiGroup: '', namespace },
    method: 'GET',
    path: url(['api', 'v1', 'namespaces', namespace, 'pods', name]),
    repeat: 'read',
  }
}

export function patchStatus({ namespace, name }: PodRef, patch: PodPatch, query: Query = {}): Operation {
  return {
    task: `patch the status of pod ${namespace}/${name}`,
    permission: { verb: 'patch', resource: 'pods/status', apiGroup: '', namespace },
    method: 'PATCH',
    path: url(['api', 'v1', 'namespaces', namespace, 'pods', name, 'status'], Object.entries(query)),
    body: { type: 'application/merge-patch+json', text: JSON.stringify(patch) },
    repeat: 'guarded',
  }
}

/** The same, but nothing is stored: the server says what it would have answered. */
export function tryPatchStatus(ref: PodRef, patch: PodPatch): Operation {
  const operation = patchStatus(ref, patch, { dryRun: 'All' })
  return { ...operation, task: `try to ${operation.task} by a dry run`, repeat: 'read' }
}

/** Everybody may, by the ClusterRole system:public-info-viewer. */
export function readVersion(): Operation {
  return readRoot('version', 'read the version of the server')
}

/** Asks whether we may do something; it changes nothing, so it may be asked again. */
export function reviewAccess({ verb, resource, apiGroup, namespace }: Permission): Operation {
  const [plural, subresource] = resource.split('/')
  const resourceAttributes = { verb, group: apiGroup, resource: plural, subresource, namespace }
  return {
    task: `ask whether ${verb} on ${resource} is allowed`,
    permission: { verb: 'create', resource: 'selfsubjectaccessreviews', apiGroup: 'authorization.k8s.io' },
    method: 'POST',
    path: url(['apis', 'authorization.k8s.io', 'v1', 'selfsubjectaccessreviews']),
    body: {
      type: 'application/json',
      text: JSON.stringify({ apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }),
    },
    repeat: 'read',
  }
}

export function postEvent(namespace: string, event: object): Operation {
  const apiVersion = 'apiVersion' in event && event.apiVersion === 'v1' ? 'v1' : 'events.k8s.io/v1'
  return {
    task: `create an Event in namespace ${namespace}`,
    permission: { verb: 'create', resource: 'events', apiGroup: apiVersion === 'v1' ? '' : 'events.k8s.io', namespace },
    method: 'POST',
    path: url([...(apiVersion === 'v1' ? ['api'] : ['apis', 'events.k8s.io']), 'v1', 'namespaces', namespace, 'events']),
    body: { type: 'application/json', text: JSON.stringify(event) },
    repeat: 'once',
  }
}

export function openExec({ namespace, name, container }: PodRef & { readonly container: string }, argv: readonly string[]): Operation {
  const command = argv.map(word => ['command', word] as const)
  return {
    task: `exec in container ${container} of pod ${namespace}/${name}`,
    // By WebSocket it is a GET, and until Kubernetes 1.34 the verb asked for is get (kubernetes#134577).
    permission: { verb: 'create', resource: 'pods/exec', apiGroup: '', namespace },
    method: 'GET',
    path: url(
      ['api', 'v1', 'namespaces', namespace, 'pods', name, 'exec'],
      [['container', container], ['stdout', 'true'], ['stderr', 'true'], ...command],
    ),
    repeat: 'once',
  }
}

export function openPortForward({ namespace, name }: PodRef, port: number): Operation {
  return {
    task: `reach port ${port} of pod ${namespace}/${name}`,
    permission: { verb: 'create', resource: 'pods/portforward', apiGroup: '', namespace },
    method: 'GET',
    path: url(['api', 'v1', 'namespaces', namespace, 'pods', name, 'portforward'], [['ports', String(port)]]),
    repeat: 'once',
  }
}

/** Everybody who has logged in may, by the ClusterRole system:discovery. */
export function readApiGroups(): Operation {
  return readRoot('apis', 'read the API groups of the server')
}

/** A path below the server's root, which is no resource to RBAC. */
function readRoot(segment: string, task: string): Operation {
  return {
    task,
    permission: { verb: 'get', resource: `/${segment}`, apiGroup: '' },
    method: 'GET',
    path: url([segment]),
    repeat: 'read',
  }
}

export function listObjects({ group, version, resource }: Resource, { namespace }: Pick<Scope, 'namespace'>, query: Query): Operation {
  const root = group === '' ? ['api'] : ['apis', group]
  const scope = namespace === undefined ? [] : ['namespaces', namespace]
  return {
    task: `list ${resource}${group === '' ? '' : `.${group}`}${namespace === undefined ? '' : ` in namespace ${namespace}`}`,
    permission: { verb: 'list', resource, apiGroup: group, ...(namespace === undefined ? {} : { namespace }) },
    method: 'GET',
    path: url([...root, version, ...scope, resource], Object.entries(query)),
    repeat: 'read',
  }
}

function listing(resource: string, namespace: string | undefined, query: Query): Operation {
  const list = listObjects({ group: '', version: 'v1', resource }, { ...(namespace !== undefined && { namespace }) }, query)
  const place = namespace === undefined ? ' in all namespaces' : ` in namespace ${namespace}`
  return { ...list, task: `list ${resource}${resource === 'pods' ? place : ''}` }
}

function url(segments: readonly string[], query: readonly (readonly [string, string | undefined])[] = []): string {
  const search = new URLSearchParams()
  for (const [key, value] of query) if (value !== undefined) search.append(key, value)
  const path = segments.map(segment => `/${encodeURIComponent(segment)}`).join('')
  return search.size === 0 ? path : `${path}?${search.toString()}`
}
