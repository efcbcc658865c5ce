import type { Pod } from './pod.ts'

/** Which pods to list: one namespace or all, by a server-side label selector. */
export interface Scope {
  /** Undefined: all namespaces. */
  readonly namespace?: string
  /** As kubectl's -l, sent to the server. */
  readonly labelSelector?: string
}

export interface PodRef {
  readonly namespace: string
  readonly name: string
}

export interface PodPage {
  readonly pods: readonly Pod[]
  /** Of the whole list: where a watch starts. */
  readonly resourceVersion: string
  /** The list began again: what came before this page is void. */
  readonly restart: boolean
}

/** A page of another list, as a PodPage. */
export interface Page<T> {
  readonly items: readonly T[]
  /** The list began again: what came before this page is void. */
  readonly restart: boolean
}

export interface NodeState {
  readonly isReady: boolean
  /** As its kubelet says it, `v1.34.4`; empty before it has said any. */
  readonly kubelet: string
}

/** A resource by the API's names. */
export interface Resource {
  /** Empty: the core group. */
  readonly group: string
  readonly version: string
  /** Plural, such as `jobs`. */
  readonly resource: string
}

/** One event of a watch: the pod as it is now, or as it was last. */
export interface PodChange {
  readonly kind: 'changed' | 'deleted'
  readonly pod: Pod
}

/** A merge patch of pods/status; its resourceVersion is the guard that makes it safe to send again. */
export interface PodPatch {
  readonly metadata: {
    readonly resourceVersion: string
    readonly annotations?: Readonly<Record<string, string | null>>
  }
  readonly status?: object
}

/** What an exec answered. It is not the truth about the container: its status is. */
export type ExecAnswer =
  /** `output` is stdout, 64 KiB of it at most; `complaint` is stderr, 200 printable characters of it. */
  | { readonly kind: 'exited'; readonly code: number; readonly output: string; readonly complaint: string }
  /** Nobody knows how the command ended, mostly because it never ran: no such binary, container not running, forbidden, connection lost, time-out. */
  | { readonly kind: 'failed'; readonly error: string; readonly code: ClusterErrorCode }

/** An HTTP request to the pod itself, on its loopback interface. */
export interface PodRequest {
  readonly method: 'GET' | 'POST'
  readonly port: number
  readonly path: string
}

/** What such a request was answered with; of the answer nothing is kept but its status. */
export type PodAnswer =
  | { readonly kind: 'answered'; readonly status: number }
  /** `wasSent`: the node began to forward it, so the pod may have taken the request all the same. */
  | { readonly kind: 'failed'; readonly error: string; readonly code: ClusterErrorCode; readonly wasSent: boolean }

/**
 * The one door to the API server. Every call takes a signal, whose reason it rejects with, and has the call timeout as
 * its deadline, tries and pauses included; all else that goes wrong is a ClusterError.
 */
export interface Cluster {
  /** Of the kubeconfig's context or of the ServiceAccount; `default` when neither names one. */
  readonly namespace: string
  /** The server's address and where we have it from, for a person: `https://10.0.0.1:6443 (kubeconfig …, context …)`. */
  readonly address: string
  /** The server's clock, by its Date header; ours until the first answer, and while the two differ by less than 2 s. */
  now(): Date
  /** Pages of at most 500 pods; the next page is fetched while this one is read. A 410 in mid-list starts the list again. */
  podPages(scope: Scope, signal: AbortSignal): AsyncGenerator<PodPage>
  /** The pod as it is, or undefined when there is none. */
  pod(ref: PodRef, signal: AbortSignal): Promise<Pod | undefined>
  /**
   * Changes after that resourceVersion; ends quietly with the signal. Reconnects by itself when the server closes the
   * connection or falls silent; throws `gone` when events were lost, and what the last try met after five in a row.
   */
  podChanges(scope: Scope, resourceVersion: string, signal: AbortSignal): AsyncGenerator<PodChange>
  /** The pod after the patch; `conflict` when the guard is stale, also when a first try landed unseen: read the pod again. */
  patchPodStatus(ref: PodRef, patch: PodPatch, signal: AbortSignal): Promise<Pod>
  /** Never rejects with a ClusterError: what went wrong is the answer `failed`. Ends the connection at the deadline; the command may live on. */
  exec(ref: PodRef & { readonly container: string }, argv: readonly string[], signal: AbortSignal): Promise<ExecAnswer>
  /** By port-forward. Follows no redirect, and never rejects with a ClusterError: what went wrong is the answer `failed`. */
  request(ref: PodRef, request: PodRequest, signal: AbortSignal): Promise<PodAnswer>
  /** An Event of the API group that its apiVersion names, `v1` or `events.k8s.io/v1`. */
  createEvent(namespace: string, event: object, signal: AbortSignal): Promise<void>
  /** Labels by namespace name. */
  namespaceLabels(scope: Scope, signal: AbortSignal): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>>
  /** Whether each node is Ready, by name. */
  nodesReady(signal: AbortSignal): Promise<ReadonlyMap<string, boolean>>
  /** Readiness and version of each node, by name. */
  nodes(signal: AbortSignal): Promise<ReadonlyMap<string, NodeState>>
  /** What the server calls itself: `v1.34.4`. */
  serverVersion(signal: AbortSignal): Promise<string>
  /** Whether we may do this; asks the server, by a SelfSubjectAccessReview. */
  may(permission: Permission, signal: AbortSignal): Promise<boolean>
  /** Asks the server whether it would take this patch, by a dry run: nothing is changed. Rejects as the patch would; `invalid` too where a webhook takes no dry run. */
  tryPatchPodStatus(ref: PodRef, patch: PodPatch, signal: AbortSignal): Promise<void>
  /** The API groups that the server has, each with its versions, the preferred one first; the core group is not among them. */
  apiGroups(signal: AbortSignal): Promise<ReadonlyMap<string, readonly string[]>>
  /** Objects of any resource as the server sends them, which says neither kind nor apiVersion of each; without a namespace all there are. `not-found` where the server has no such resource. */
  objectPages(resource: Resource, scope: Pick<Scope, 'namespace'>, signal: AbortSignal): AsyncGenerator<Page<object>>
  /** Ends all calls under way and all connections. */
  close(): void
}

/** Why a call to the API server did not do what it was asked; callers choose by it. */
export type ClusterErrorCode =
  | 'config' // no kubeconfig, or one that cannot be used
  | 'unreachable' // no connection, wrong certificate, time-out, closed
  | 'unauthorized' // 401
  | 'forbidden' // 403
  | 'not-found' // 404
  | 'conflict' // 409
  | 'gone' // 410
  | 'invalid' // 400, 422 and the other 4xx
  | 'server' // 429 and 5xx after all retries, or an answer that cannot be read

/** A right in the words of RBAC. */
export interface Permission {
  readonly verb: string
  /** With its subresource: `pods/status`. */
  readonly resource: string
  /** Empty: the core group. */
  readonly apiGroup: string
  /** Undefined: cluster-wide. */
  readonly namespace?: string
}

export interface ClusterErrorOptions {
  readonly cause?: unknown
  /** The right that is missing. */
  readonly permission?: Permission | undefined
  /** The HTTP status, where there was an answer. */
  readonly status?: number | undefined
  /** What the server asked for by Retry-After. */
  readonly retryAfterMs?: number | undefined
}

/** Its message is one line for a person: what we were doing, what we found, what would do. */
export class ClusterError extends Error {
  readonly code: ClusterErrorCode
  readonly permission: Permission | undefined
  readonly status: number | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: ClusterErrorCode, message: string, options: ClusterErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : {})
    this.name = 'ClusterError'
    this.code = code
    this.permission = options.permission
    this.status = options.status
    this.retryAfterMs = options.retryAfterMs
  }
}
