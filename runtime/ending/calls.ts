import pLimit, { type LimitFunction } from 'p-limit'

const MAX_CALLS = 8
const MAX_NODE_FAILURES = 2

/** Keeps the number of calls in flight low, in all and per node, and stops calling through a node that does not answer. */
export class Calls {
  readonly #all = pLimit(MAX_CALLS)
  readonly #perNode: number
  readonly #nodes = new Map<string, LimitFunction>()
  readonly #failures = new Map<string, number>()

  constructor(perNode: number) {
    this.#perNode = perNode
  }

  /** Runs a call to the API server alone. */
  run<T>(call: () => Promise<T>): Promise<T> {
    return this.#all(call)
  }

  /** Runs a call that the API server passes on to a node. */
  runOnNode<T>(node: string, call: () => Promise<T>): Promise<T> {
    const limit = this.#nodes.get(node) ?? pLimit(this.#perNode)
    this.#nodes.set(node, limit)
    return limit(() => this.#all(call))
  }

  /** Counts a call that did not reach the node. */
  countFailure(node: string): void {
    this.#failures.set(node, (this.#failures.get(node) ?? 0) + 1)
  }

  /** True after two calls that did not reach the node. */
  isUnreachable(node: string): boolean {
    return (this.#failures.get(node) ?? 0) >= MAX_NODE_FAILURES
  }
}
