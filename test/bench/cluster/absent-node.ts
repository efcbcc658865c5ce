import { ask, type Api } from '../../cluster/harness/api.ts'

/** The name of a node that no kubelet has. */
export const NODE = 'sidecar-reaper-bench'

const HEARTBEAT_MS = 10_000
const PATH = `/api/v1/nodes/${NODE}`

/**
 * A node that exists only as an object, so that nothing runs on it. It is kept Ready by heartbeats, or its pods would be
 * evicted, and takes no pods of others; without the object its pods would be collected as orphans.
 */
export async function absentNode(api: Api): Promise<AsyncDisposable> {
  const body = { apiVersion: 'v1', kind: 'Node', metadata: { name: NODE }, spec: { unschedulable: true }, status: ready() }
  const { status } = await api('/api/v1/nodes', { method: 'POST', body })
  if (status !== 201 && status !== 409) throw new Error(`Cannot create node ${NODE}: ${status}`)
  const beat = (): Promise<unknown> =>
    ask(api, `${PATH}/status`, { method: 'PATCH', contentType: 'application/strategic-merge-patch+json', body: { status: ready() } })
  await beat()
  // One that fails is made good by the next; without all of them the bench's pods go, which it notices.
  const timer = setInterval(() => void beat().catch(() => {}), HEARTBEAT_MS)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await api(PATH, { method: 'DELETE' })
    },
  }
}

function ready(): object {
  const now = `${new Date().toISOString().slice(0, 19)}Z`
  return {
    conditions: [
      { type: 'Ready', status: 'True', reason: 'Bench', message: 'kept Ready by a bench', lastHeartbeatTime: now, lastTransitionTime: now },
    ],
  }
}
