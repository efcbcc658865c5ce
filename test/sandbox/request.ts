import type { IncomingMessage } from 'node:http'
import type { Json } from './objects.ts'

/** A request as the API server understands it (apiserver RequestInfo). */
export type ApiRequest = {
  readonly method: string
  /** Path and query as they came. */
  readonly url: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<IncomingMessage['headers']>
  readonly body: string
  readonly verb: string
  readonly group: string
  readonly version: string
  /** Plural name, or empty for a path that is no resource's. */
  readonly resource: string
  readonly subresource: string
  /** Empty at the cluster's scope. */
  readonly namespace: string
  readonly name: string
}

export function apiRequest(message: IncomingMessage, body: string): ApiRequest {
  const { method = 'GET', url = '/', headers } = message
  const { pathname, searchParams: query } = new URL(url, 'http://sandbox')
  const target = parsePath(pathname.split('/').slice(1).map(decodeURIComponent))
  return {
    method,
    url,
    path: pathname,
    query,
    headers,
    body,
    ...target,
    verb: verb(method, query, target.resource, target.name),
  }
}

type Target = Pick<ApiRequest, 'group' | 'version' | 'resource' | 'subresource' | 'namespace' | 'name'>

function parsePath(parts: readonly string[]): Target {
  if (parts[0] === 'api') return parseResource('', parts[1], parts.slice(2))
  if (parts[0] === 'apis') return parseResource(parts[1] ?? '', parts[2], parts.slice(3))
  return parseResource('', '', [])
}

function parseResource(group: string, version = '', parts: readonly string[]): Target {
  const isInside = parts[0] === 'namespaces' && parts.length > 2
  const [resource = '', name = '', subresource = ''] = isInside ? parts.slice(2) : parts
  return { group, version, resource, name, subresource, namespace: isInside ? (parts[1] ?? '') : '' }
}

const verbs: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' }

function verb(method: string, query: URLSearchParams, resource: string, name: string): string {
  if (resource === '') return method.toLowerCase()
  if (method === 'DELETE') return name === '' ? 'deletecollection' : 'delete'
  if (method !== 'GET') return verbs[method] ?? method.toLowerCase()
  if (['1', 'true'].includes(query.get('watch') ?? '')) return 'watch'
  return name === '' ? 'list' : 'get'
}

/** Whether a request changes anything in the cluster; asking for one's own rights does not, nor does a dry run. */
export function isChange(request: ApiRequest): boolean {
  if (request.resource === 'selfsubjectaccessreviews' || isDryRun(request)) return false
  return !['get', 'list', 'watch', 'head'].includes(request.verb) || ['exec', 'portforward', 'attach'].includes(request.subresource)
}

/** Whether the server is only to say what it would do. */
export function isDryRun({ query }: ApiRequest): boolean {
  return query.get('dryRun') === 'All'
}

/** The key of the object that a request names. */
export function keyOfRequest(request: ApiRequest): string {
  return request.namespace === '' ? request.name : `${request.namespace}/${request.name}`
}

/** The object in a request's body, or undefined when there is none. */
export function jsonBody(text: string): { readonly [key: string]: Json } | undefined {
  try {
    const body: unknown = JSON.parse(text)
    // What JSON.parse gives as an object that is no list has JSON fields.
    return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as { readonly [key: string]: Json }) : undefined
  } catch {
    return undefined
  }
}
