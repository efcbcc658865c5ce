import { setTimeout as sleep } from 'node:timers/promises'
import { type Cluster, ClusterError, type Scope } from '../cluster.ts'
import type { Calls } from '../ending/calls.ts'
import { Deadline } from '../ending/deadline.ts'
import type { Pod } from '../pod.ts'
import type { Subject } from '../plan.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2000

/** What is known of one pod: as it is, or as it was when it went. */
export interface Sight {
  readonly pod: Pod
  readonly isGone: boolean
}

export interface PodWatchOptions {
  readonly cluster: Cluster
  readonly calls: Calls
  readonly scope: Scope
  /** Of the list: changes after it are seen. */
  readonly resourceVersion: string
  /** Ends the watch. */
  readonly signal: AbortSignal
  /** Called when events may have been missed. */
  readonly onLost: (why: ClusterError) => void
}

type Target = Pick<Subject, 'uid' | 'ref'>

/**
 * The pods that are being ended, as one watch shows them; when it is lost, as a GET of each shows it now and then.
 * Only pods that were followed are kept.
 */
export class PodWatch {
  readonly #options: PodWatchOptions
  readonly #sights = new Map<string, Sight>()
  readonly #followed = new Set<string>()
  readonly #waiting = new Map<string, Set<() => void>>()
  /** Of these the watch says no more: they were deleted, or do not match the selector any longer. */
  readonly #left = new Set<string>()
  #isLost = false

  /** Starts watching at once. */
  constructor(options: PodWatchOptions) {
    this.#options = options
    void this.#run()
  }

  /** Keeps what the watch shows of this pod from now on. */
  follow(uid: string): void {
    this.#followed.add(uid)
  }

  /** Takes note of a pod as an answer to one of our own calls shows it; an older sight never replaces a newer one. */
  note(pod: Pod): void {
    const uid = pod.metadata?.uid ?? ''
    const before = this.#sights.get(uid)
    if (before && (before.isGone || isOlder(pod, before.pod))) return
    this.#sights.set(uid, { pod, isGone: false })
    this.#wake(uid)
  }

  /** The latest sight of the pod, if there is one. */
  sight(uid: string): Sight | undefined {
    return this.#sights.get(uid)
  }

  /**
   * The first sight of the pod, the present one included, that is gone or as asked. When none comes within that time it
   * is what a last look shows, or undefined when nobody ever saw the pod.
   */
  async until(target: Target, isAsked: (pod: Pod) => boolean, seconds: number, signal: AbortSignal): Promise<Sight | undefined> {
    using deadline = new Deadline(signal, seconds * 1000)
    for (let looks = 0; ;) {
      const sight = this.#sights.get(target.uid)
      if (sight && (sight.isGone || isAsked(sight.pod))) return sight
      if (deadline.signal.aborted) return await this.#lastLook(target, signal)
      if (this.#isLost || this.#left.has(target.uid)) await this.#lookLater(target, looks++, deadline.signal)
      else await this.#change(target.uid, deadline.signal)
    }
  }

  async #run(): Promise<void> {
    const { cluster, scope, resourceVersion, signal, onLost } = this.#options
    try {
      for await (const { kind, pod } of cluster.podChanges(scope, resourceVersion, signal)) this.#see(pod, kind === 'deleted')
    } catch (error) {
      if (signal.aborted) return
      this.#isLost = true
      onLost(error instanceof ClusterError ? error : new ClusterError('server', String(error), { cause: error }))
      for (const uid of this.#waiting.keys()) this.#wake(uid)
    }
  }

  #see(pod: Pod, hasLeft: boolean): void {
    const uid = pod.metadata?.uid ?? ''
    if (!this.#followed.has(uid)) return
    if (hasLeft) this.#left.add(uid)
    this.note(pod)
  }

  async #change(uid: string, signal: AbortSignal): Promise<void> {
    const wakes = this.#waiting.get(uid) ?? new Set()
    this.#waiting.set(uid, wakes)
    const { promise, resolve } = Promise.withResolvers<void>()
    wakes.add(resolve)
    const abort = () => resolve()
    signal.addEventListener('abort', abort)
    await promise
    signal.removeEventListener('abort', abort)
    wakes.delete(resolve)
  }

  #wake(uid: string): void {
    for (const wake of this.#waiting.get(uid) ?? []) wake()
  }

  async #lookLater(target: Target, looks: number, signal: AbortSignal): Promise<void> {
    try {
      await sleep(Math.min(FIRST_PAUSE_MS * 2 ** looks, LONGEST_PAUSE_MS), undefined, { signal })
      await this.#look(target, signal)
    } catch (error) {
      // A look that fails is no news of the pod: the next one may succeed.
      if (!signal.aborted && !(error instanceof ClusterError)) throw error
    }
  }

  async #lastLook(target: Target, signal: AbortSignal): Promise<Sight | undefined> {
    signal.throwIfAborted()
    await this.#look(target, signal).catch((error: unknown) => {
      if (!(error instanceof ClusterError)) throw error
    })
    return this.#sights.get(target.uid)
  }

  async #look({ uid, ref }: Target, signal: AbortSignal): Promise<void> {
    const { cluster, calls } = this.#options
    const pod = await calls.run(() => cluster.pod(ref, signal))
    if (pod?.metadata?.uid === uid) this.note(pod)
    else this.#sights.set(uid, { pod: this.#sights.get(uid)?.pod ?? { metadata: { uid, ...ref } }, isGone: true })
  }
}

// Resource versions of one resource compare as numbers of any length (KEP-5504); of others nothing is known.
function isOlder(pod: Pod, than: Pod): boolean {
  const [version = '', known = ''] = [pod.metadata?.resourceVersion, than.metadata?.resourceVersion]
  if (!/^\d+$/.test(version) || !/^\d+$/.test(known)) return false
  return version.length === known.length ? version < known : version.length < known.length
}
