import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, ClusterError, type Scope } from '../cluster.ts'
import type { Pod } from '../pod.ts'
import type { Subject } from '../plan.ts'

const POLL_MS = 1000

/** What is known of one pod: as it is, or as it was when it went. */
export interface Sight {
  readonly pod: Pod
  readonly isGone: boolean
}

/**
 * The pods that are being ended, as one watch shows them; when the watch is lost, as a GET a second of each shows it.
 * Only pods that were followed are kept.
 */
export class PodWatch {
  readonly #cluster: Cluster
  readonly #signal: AbortSignal
  readonly #sights = new Map<string, Sight>()
  readonly #followed = new Set<string>()
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #onLost: (why: ClusterError) => void
  #isLost = false

  /** Starts watching at once; `onLost` is called when events may have been missed. */
  constructor(cluster: Cluster, scope: Scope, resourceVersion: string, signal: AbortSignal, onLost: (why: ClusterError) => void) {
    this.#cluster = cluster
    this.#signal = signal
    this.#onLost = onLost
    void this.#run(scope, resourceVersion)
  }

  /** Keeps what the watch shows of this pod from now on. */
  follow(uid: string): void {
    this.#followed.add(uid)
  }

  /** Takes note of a pod as an answer to one of our own calls shows it; an older sight never replaces a newer one. */
  note(pod: Pod, isGone = false): void {
    const uid = pod.metadata?.uid ?? ''
    const before = this.#sights.get(uid)
    if (before && (before.isGone || isOlder(pod, before.pod))) return
    this.#sights.set(uid, { pod, isGone })
    for (const wake of this.#waiting.get(uid) ?? []) wake()
  }

  /** Resolves with the first sight of the pod, the present one included, that is gone or as asked. */
  async until({ uid, ref }: Subject, isAsked: (pod: Pod) => boolean, signal: AbortSignal): Promise<Sight> {
    for (;;) {
      signal.throwIfAborted()
      const sight = this.#sights.get(uid)
      if (sight && (sight.isGone || isAsked(sight.pod))) return sight
      if (this.#isLost) await this.#poll({ uid, ref }, signal)
      else await this.#change(uid, signal)
    }
  }

  /** The latest sight of the pod, if there is one. */
  sight(uid: string): Sight | undefined {
    return this.#sights.get(uid)
  }

  async #run(scope: Scope, resourceVersion: string): Promise<void> {
    try {
      for await (const { kind, pod } of this.#cluster.podChanges(scope, resourceVersion, this.#signal)) {
        if (this.#followed.has(pod.metadata?.uid ?? '')) this.note(pod, kind === 'deleted')
      }
    } catch (error) {
      if (this.#signal.aborted) return
      this.#isLost = true
      this.#onLost(error instanceof ClusterError ? error : new ClusterError('server', String(error), { cause: error }))
      for (const wakes of this.#waiting.values()) for (const wake of wakes) wake()
    }
  }

  async #change(uid: string, signal: AbortSignal): Promise<void> {
    const wakes = this.#waiting.get(uid) ?? new Set()
    this.#waiting.set(uid, wakes)
    const { promise, resolve } = Promise.withResolvers<void>()
    wakes.add(resolve)
    const abort = (): void => resolve()
    signal.addEventListener('abort', abort, { once: true })
    await promise
    signal.removeEventListener('abort', abort)
    wakes.delete(resolve)
  }

  async #poll({ uid, ref }: Pick<Subject, 'uid' | 'ref'>, signal: AbortSignal): Promise<void> {
    await sleep(POLL_MS, undefined, { signal })
    const pod = await this.#cluster.pod(ref, signal)
    if (pod?.metadata?.uid === uid) return this.note(pod)
    const last = this.#sights.get(uid)
    this.#sights.set(uid, { pod: last?.pod ?? { metadata: { uid, ...ref } }, isGone: true })
  }
}

// Resource versions of one resource compare as numbers (KEP-5504); of one that does not look like a number nothing is known.
function isOlder(pod: Pod, than: Pod): boolean {
  const [version, known] = [Number(pod.metadata?.resourceVersion), Number(than.metadata?.resourceVersion)]
  return version < known
}
