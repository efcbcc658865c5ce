import { type Cluster, ClusterError, type NodeState } from '../cluster.ts'
import type { Pod } from '../pod.ts'
import { address } from './error.ts'
import { exec } from './exec.ts'
import { podRequest } from './port-forward.ts'
import { type KubeConfigOptions, loadAccess } from './kubeconfig.ts'
import { listPages } from './list.ts'
import {
  listNamespaces,
  listNodes,
  listObjects,
  listPods,
  openExec,
  openPortForward,
  type Operation,
  patchStatus,
  postEvent,
  type Query,
  readApiGroups,
  readNamespace,
  readPod,
  readVersion,
  reviewAccess,
  tryPatchStatus,
  watchPods,
} from './operation.ts'
import { request } from './request.ts'
import type { RetryOptions } from './retry.ts'
import { podChanges } from './watch.ts'
import { openWire } from './wire.ts'

export interface ConnectOptions extends KubeConfigOptions {
  /** Of every call but a watch, its repetitions included. */
  readonly callTimeoutMs: number
  readonly retry?: RetryOptions
  /** Default 500. */
  readonly pageSize?: number
  /** How long one connection of a watch lives; a silent death is noticed after a fifth more. Default 30. */
  readonly watchSeconds?: number
  /** For the API server's audit log; default sidecar-reaper. */
  readonly userAgent?: string
}

/** The cluster that kubectl would use. Nothing is sent yet; throws ClusterError `config`. */
export async function connectCluster({
  callTimeoutMs,
  retry = {},
  pageSize = 500,
  watchSeconds = 30,
  userAgent = 'sidecar-reaper',
  env = process.env,
  ...kubeConfigOptions
}: ConnectOptions): Promise<Cluster> {
  const access = loadAccess({ ...kubeConfigOptions, env })
  const wire = openWire(access, { userAgent, env })
  const options = { callTimeoutMs, retry, pageSize, watchSeconds }
  const ask = (operation: Operation, signal: AbortSignal): Promise<object> => request(wire, operation, options, signal)
  const byName = async <T>(
    operation: (query: Query) => Operation,
    value: (object: Named) => T,
    signal: AbortSignal,
  ): Promise<Map<string, T>> => {
    const values = new Map<string, T>()
    for await (const { items, restart } of listPages(wire, operation, options, signal)) {
      if (restart) values.clear()
      for (const object of items as readonly Named[]) values.set(object.metadata?.name ?? '', value(object))
    }
    return values
  }

  return {
    namespace: access.namespace,
    address: address(wire.server),
    now: () => wire.clock.now(),
    async *podPages(scope, signal) {
      for await (const { items, ...page } of listPages(wire, query => listPods(scope, query), options, signal)) {
        // Pods by the API; all their fields are optional in our type, because they are a stranger's.
        yield { ...page, pods: items as readonly Pod[] }
      }
    },
    async pod(ref, signal) {
      return (await ask(readPod(ref), signal).catch(absent)) as Pod | undefined
    },
    podChanges: (scope, resourceVersion, signal) => podChanges(wire, query => watchPods(scope, query), resourceVersion, options, signal),
    patchPodStatus: async (ref, patch, signal) => (await ask(patchStatus(ref, patch), signal)) as Pod,
    exec: (ref, argv, signal) => exec(wire, openExec(ref, argv), options, signal),
    request: (ref, request, signal) => podRequest(wire, openPortForward(ref, request.port), request, options, signal),
    async createEvent(namespace, event, signal) {
      await ask(postEvent(namespace, event), signal)
    },
    async namespaceLabels({ namespace }, signal) {
      if (namespace === undefined) return await byName(listNamespaces, labels, signal)
      return new Map([[namespace, labels(await ask(readNamespace(namespace), signal))]])
    },
    nodesReady: signal => byName(listNodes, isReady, signal),
    nodes: signal => byName(listNodes, nodeState, signal),
    async serverVersion(signal) {
      const version = await ask(readVersion(), signal)
      return 'gitVersion' in version ? String(version.gitVersion) : ''
    },
    async may(permission, signal) {
      const { status } = (await ask(reviewAccess(permission), signal)) as { readonly status?: { readonly allowed?: boolean } } // a review by the API
      return status?.allowed === true
    },
    async tryPatchPodStatus(ref, patch, signal) {
      await ask(tryPatchStatus(ref, patch), signal)
    },
    async apiGroups(signal) {
      const { groups = [] } = (await ask(readApiGroups(), signal)) as { readonly groups?: readonly ApiGroup[] } // an APIGroupList
      return new Map(groups.map(({ name, versions, preferredVersion }) => [name, served(versions, preferredVersion)]))
    },
    async *objectPages(resource, scope, signal) {
      for await (const { items, restart } of listPages(wire, query => listObjects(resource, scope, query), options, signal))
        yield { items: items as readonly object[], restart } // by the API
    },
    close: () => wire.close(),
  }
}

interface ApiGroup {
  readonly name: string
  readonly versions: readonly { readonly version: string }[]
  readonly preferredVersion: { readonly version: string }
}

function served(versions: ApiGroup['versions'], { version: preferred }: ApiGroup['preferredVersion']): readonly string[] {
  return [preferred, ...versions.map(({ version }) => version).filter(version => version !== preferred)]
}

/** What we read of namespaces and nodes. */
interface Named {
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> }
  readonly status?: {
    readonly conditions?: readonly { readonly type?: string; readonly status?: string }[]
    readonly nodeInfo?: { readonly kubeletVersion?: string }
  }
}

function labels({ metadata }: Named): Readonly<Record<string, string>> {
  return metadata?.labels ?? {}
}

function isReady({ status }: Named): boolean {
  return status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}

function nodeState(node: Named): NodeState {
  return { isReady: isReady(node), kubelet: node.status?.nodeInfo?.kubeletVersion ?? '' }
}

function absent(error: unknown): undefined {
  if (!(error instanceof ClusterError) || error.code !== 'not-found') throw error
}
