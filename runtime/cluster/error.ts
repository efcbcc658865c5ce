import { STATUS_CODES } from 'node:http'
import { ClusterError, type ClusterErrorCode, type Permission } from '../cluster.ts'
import { printable } from '../printable.ts'
import type { Operation } from './operation.ts'

/** Whom we talked to, as a message shows it. */
export interface Server {
  /** Scheme, host and port. */
  readonly origin: string
  /** `kubeconfig /home/me/.kube/config, context prod` or `the ServiceAccount of this pod`. */
  readonly source: string
  /** Through whom, with where we have that from. */
  readonly proxy?: string
}

/** The answer that was not 2xx. */
export interface Refusal {
  readonly status: number
  readonly body: string
  readonly retryAfterMs?: number | undefined
}

/** `https://10.0.0.1:6443 (kubeconfig …, context …)`, and the proxy on the way. */
export function address({ origin, source, proxy }: Server): string {
  return `${origin} (${source})${proxy === undefined ? '' : ` through the proxy ${proxy}`}`
}

/** The error for an answer with a status other than 2xx. */
export function statusError(operation: Operation, server: Server, { status, body, retryAfterMs }: Refusal): ClusterError {
  const { permission, method } = operation
  const said = apiStatus(body)
  const detail = printable(said ?? body.trim(), 400)
  const fail = (code: ClusterErrorCode, found: string, missing?: Permission): ClusterError =>
    new ClusterError(code, `${cannot(operation)}: ${found}${detail === '' ? '' : `. Server: ${detail}`}`, {
      status,
      retryAfterMs,
      permission: missing,
    })
  if (status === 401) return fail('unauthorized', `token expired or not accepted by ${address(server)}, renew the login`)
  if (status === 403 && isRefusedByAdmission(detail)) return fail('forbidden', 'refused by an admission policy')
  if (status === 403 && detail.includes(' cannot impersonate ')) return fail('forbidden', 'acting as somebody else needs verb impersonate')
  if (status === 403) return fail('forbidden', need(permission), permission)
  const answered = `${server.origin} answered ${status} ${STATUS_CODES[status] ?? ''}`.trim()
  if (status === 429 || status >= 500) return fail('server', answered)
  if (said === undefined) return fail('server', `${answered}, not as a Kubernetes API server does: check the address (${server.source})`)
  if (status === 404) return fail('not-found', 'not found')
  if (status === 409 && method === 'PATCH') return fail('conflict', 'changed since it was read, or an earlier try landed: read it again')
  if (status === 409) return fail('conflict', 'it is there already')
  if (status === 410) return fail('gone', 'the server has forgotten that resourceVersion: list again')
  return fail('invalid', answered)
}

/** The error for a call that ran into its deadline. */
export function timeoutError(operation: Operation, server: Server, ms: number): ClusterError {
  const doubt = operation.repeat === 'read' ? '' : '; it may have been done all the same'
  return new ClusterError('unreachable', `${cannot(operation)}: no complete answer from ${address(server)} within ${ms / 1000} s${doubt}`)
}

/** The error for an answer 2xx that is not what the API promises; what does not parse has the SyntaxError as its cause. */
export function answerError(operation: Operation, server: Server, found: string, cause?: unknown): ClusterError {
  return new ClusterError(
    'server',
    `${cannot(operation)}: ${server.origin} answered with ${found}, check that it is a Kubernetes API server (${server.source})`,
    { cause },
  )
}

/** How each message begins. */
export function cannot({ task }: Operation): string {
  return `Cannot ${printable(task, 300)}`
}

/** A thrown value's first printable characters. */
export function reason(cause: unknown, limit = 200): string {
  return printable(cause instanceof Error ? cause.message || cause.name : String(cause), limit)
}

function need({ verb, resource, apiGroup, namespace }: Permission): string {
  const group = apiGroup === '' ? 'core API group' : `API group ${apiGroup}`
  const asked = resource === 'pods/exec' || resource === 'pods/portforward' ? 'create (before Kubernetes 1.35: get)' : verb
  const right = `needs verb ${asked} on resource ${resource} (${group})`
  if (namespace !== undefined) return `${right}, in namespace ${namespace}; grant it with a Role and a RoleBinding there`
  return `${right}, cluster-wide; grant it with a ClusterRole and a ClusterRoleBinding${resource === 'pods' ? ', or pass -n for one namespace' : ''}`
}

// A webhook and a ValidatingAdmissionPolicy may answer 403 too, and then no Role helps.
function isRefusedByAdmission(detail: string): boolean {
  return / denied (?:the )?request/.test(detail)
}

/** The message of a Status object; undefined when the body is none. */
function apiStatus(body: string): string | undefined {
  try {
    const status: unknown = JSON.parse(body)
    if (typeof status !== 'object' || status === null || !('kind' in status) || status.kind !== 'Status') return undefined
    return 'message' in status && typeof status.message === 'string' ? status.message : ''
  } catch {
    return undefined
  }
}
