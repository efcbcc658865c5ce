import { isDeepStrictEqual } from 'node:util'
import type { Behaviour } from './behaviour.ts'
import type { Change } from './changes.ts'
import type { Journal } from './journal.ts'
import { apiTime, isTerminal, keyOf } from './objects.ts'
import type { Pod } from './objects.ts'
import { PodWorker } from './pod-worker.ts'
import type { StartProcess } from './process.ts'
import { podResource } from './resources.ts'
import type { Store } from './store.ts'
import type { Timers } from './timers.ts'
import type { Timings } from './timings.ts'

export type KubeletTools = {
  readonly store: Store
  readonly timers: Timers
  readonly timings: Timings
  readonly journal: Journal
  readonly now: () => Date
}

/** How a pod's containers are to run. */
export type Run = { readonly startProcess: StartProcess; readonly behaviour: (container: string) => Behaviour }

/** The kubelets of all nodes. */
export class Kubelet {
  readonly #tools: KubeletTools
  readonly #workers = new Map<string, PodWorker>()

  constructor(tools: KubeletTools) {
    this.#tools = tools
    tools.store.onChange(change => this.#seen(change))
  }

  /** Runs a pod that was just stored; what its status shows as running is started anew, unseen. */
  run(pod: Pod, run: Run): void {
    const worker = new PodWorker(pod, {
      ...this.#tools,
      host: { ...run, now: () => apiTime(this.#tools.now()) },
      report: change => this.#report(pod, change),
      gone: () => this.#remove(pod),
    })
    this.#workers.set(pod.metadata.uid, worker)
    if (pod.status.containerStatuses === undefined) worker.start()
  }

  worker(pod: Pod): PodWorker | undefined {
    return this.#workers.get(pod.metadata.uid)
  }

  /** Whether the pod's node answers; one that is not Ready does not. */
  isReachable(pod: Pod): boolean {
    const node = this.#tools.store.nodes.entry(pod.spec.nodeName ?? '')?.object
    return node?.status.conditions.find(condition => condition.type === 'Ready')?.status === 'True'
  }

  #seen(change: Change): void {
    if (change.resource !== podResource || change.after === undefined) return this.#forget(change)
    if (change.type !== 'MODIFIED' || change.actor === 'kubelet') return
    // The changes of the resource pods carry pods.
    this.#update(change.before?.object as Pod, change.after.object as Pod, change.actor === 'unheard')
  }

  #update(before: Pod, after: Pod, isUnheard: boolean): void {
    const worker = this.worker(after)
    if (worker === undefined || !this.isReachable(after)) return
    const { deletionTimestamp, deletionGracePeriodSeconds = 30 } = after.metadata
    if (deletionTimestamp !== undefined) return worker.delete(deletionGracePeriodSeconds)
    const { phase } = after.status
    if (phase !== undefined && isTerminal(phase) && !isUnheard && isUpdate(before, after)) return worker.complete(phase)
    if (!isDeepStrictEqual(before.status, after.status)) worker.reconcile()
  }

  #report(pod: Pod, change: (status: Pod['status']) => Pod['status']): void {
    const write = (now: Pod): Pod => (now.metadata.uid === pod.metadata.uid ? { ...now, status: change(now.status) } : now)
    this.#tools.store.pods.update(keyOf(pod.metadata), write, 'kubelet')
  }

  #remove(pod: Pod): void {
    const key = keyOf(pod.metadata)
    const stored = this.#tools.store.pods.entry(key)
    if (stored?.object.metadata.uid === pod.metadata.uid) this.#tools.store.pods.remove(key, 'kubelet')
  }

  // A pod that is gone from the API runs nowhere.
  #forget(change: Change): void {
    if (change.resource !== podResource || change.before === undefined) return
    const { uid } = change.before.object.metadata
    this.#workers.get(uid)?.abandon()
    this.#workers.delete(uid)
  }
}

// What the kubelet takes as an update (pkg/kubelet/config podsDifferSemantically): a status alone is none.
function isUpdate(before: Pod, after: Pod): boolean {
  return (
    !isDeepStrictEqual(before.metadata.annotations, after.metadata.annotations) ||
    !isDeepStrictEqual(before.metadata.labels, after.metadata.labels)
  )
}
