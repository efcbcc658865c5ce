import type { Entry } from './entry.ts'
import type { Resource } from './resources.ts'

/** Who made a change. `unheard` is a client whose change the kubelet takes for a mere difference in status (a declared fault). */
export type Actor = 'client' | 'unheard' | 'kubelet' | 'job-controller' | 'sandbox'

export type Change = {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly version: number
  readonly resource: Resource
  readonly before: Entry | undefined
  readonly after: Entry | undefined
  readonly actor: Actor
}

/** The last changes, for watches that start in the past. */
export class ChangeLog {
  #changes: Change[] = []
  #oldest: number
  readonly #capacity: number

  constructor(start: number, capacity: number) {
    this.#oldest = start
    this.#capacity = capacity
  }

  /** The version after which every change is still known. */
  get oldest(): number {
    return this.#oldest
  }

  push(change: Change): void {
    this.#changes.push(change)
    // Dropped in halves, so that a full log does not copy itself at every change.
    if (this.#changes.length > this.#capacity * 2) this.#forget(this.#capacity)
  }

  /** Changes after a version, or undefined when some of them are forgotten. */
  since(version: number): readonly Change[] | undefined {
    if (version < this.#oldest) return undefined
    const first = this.#changes.findIndex(change => change.version > version)
    return first === -1 ? [] : this.#changes.slice(first)
  }

  /** Forgets everything, as etcd's compaction does. */
  compact(): void {
    this.#forget(this.#changes.length)
  }

  #forget(count: number): void {
    const forgotten = this.#changes.splice(0, count)
    this.#oldest = forgotten.at(-1)?.version ?? this.#oldest
  }
}
