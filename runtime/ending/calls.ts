import pLimit, { type LimitFunction } from 'p-limit'
import { Turns } from './turns.ts'

const MAX_CALLS = 8
/** Of those: the calls that no ending waits for. */
const MAX_ASIDE = 4
const MAX_NODE_FAILURES = 2

/** Keeps the number of calls in flight low, in all and per node, and stops calling through a node that does not answer. */
export class Calls {
  readonly #turns = new Turns(MAX_CALLS)
  readonly #aside = pLimit(MAX_ASIDE)
  readonly #perNode: number
  readonly #nodes = new Map<string, LimitFunction>()
  readonly #failures = new Map<string, number>()

  constructor(perNode: number) {
    this.#perNode = perNode
  }

  /** Runs a call to the API server. */
  run<T>(call: () => Promise<T>): Promise<T> {
    return this.#turns.run(call, true)
  }

  /** Runs a call that begins an ending: whatever has begun is carried through first. */
  runFirst<T>(call: () => Promise<T>): Promise<T> {
    return this.#turns.run(call, false)
  }

  /** Runs a call that no ending waits for; it leaves half of the room to the others, however long it hangs. */
  runAside<T>(call: () => Promise<T>): Promise<T> {
    return this.#aside(() => this.#turns.run(call, false))
  }

  /** Runs calls, one after the other, that the API server passes on to a node. */
  runOnNode<T>(node: string, calls: () => Promise<T>): Promise<T> {
    const limit = this.#nodes.get(node) ?? pLimit(this.#perNode)
    this.#nodes.set(node, limit)
    return limit(() => this.#turns.run(calls, true))
  }

  /** Takes note of whether a call reached the node. */
  noteNode(node: string, isReached: boolean): void {
    if (isReached) this.#failures.delete(node)
    else this.#failures.set(node, (this.#failures.get(node) ?? 0) + 1)
  }

  /** True after two calls in a row that did not reach the node. */
  isUnreachable(node: string): boolean {
    return (this.#failures.get(node) ?? 0) >= MAX_NODE_FAILURES
  }
}
