import { ask, type Api } from '../../cluster/harness/api.ts'
import { nothingToEnd } from '../pods/mix.ts'
import { listedPod } from '../pods/pod.ts'
import type { PodOptions } from '../pods/pod-options.ts'
import { absentNode, NODE } from './absent-node.ts'
import { emptyNamespace } from './namespace.ts'

export const NAMESPACE = 'sidecar-reaper-bench-crowd'
const CONNECTIONS = 24

/** Many pods that no kubelet runs, in a namespace and on a node of their own; all of it goes when it is disposed of. */
export async function crowd(api: Api, count: number): Promise<AsyncDisposable> {
  await using made = new AsyncDisposableStack()
  made.use(await absentNode(api))
  made.use(await emptyNamespace(api, NAMESPACE))
  const { metadata: job } = await ask<{ metadata: PodOptions['job'] }>(api, `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`, {
    method: 'POST',
    body: JOB,
  })
  const start = new Date(Date.now() - 3_600_000)
  await inParallel(count, index => addPod(api, { index, kind: nothingToEnd(index), namespace: NAMESPACE, node: NODE, job, start }))
  const kept = made.move()
  return { [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

// The Job controller leaves a Job with another manager alone, and the garbage collector leaves pods alone whose owner is there.
const JOB = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'nightly' },
  spec: {
    managedBy: 'sidecar-reaper.test/bench',
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'worker', image: 'registry.example/worker:2026.11.3' }] } },
  },
}

/** Rejects with the first failure, once nothing is under way any more: what is made after a clean-up would stay. */
async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  const failures: unknown[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count && failures.length === 0) await work(next++).catch((error: unknown) => failures.push(error))
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  if (failures.length > 0) throw failures[0]
}

async function addPod(api: Api, options: PodOptions): Promise<void> {
  const { metadata, spec, status } = listedPod(options)
  const { name, labels, annotations, ownerReferences } = metadata
  const path = `/api/v1/namespaces/${NAMESPACE}/pods`
  await ask(api, path, {
    method: 'POST',
    body: { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels, annotations, ownerReferences }, spec },
  })
  await ask(api, `${path}/${name}/status`, { method: 'PATCH', contentType: 'application/merge-patch+json', body: { status } })
}
