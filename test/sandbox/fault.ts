import type { ApiRequest } from './request.ts'

/** Which requests a fault is for; what is left out matches all. */
export type Match = {
  /** get, list, watch, create, patch, delete; exec is a `get` of `pods/exec`, port-forward one of `pods/portforward`. */
  readonly verb?: string
  /** Plural name with subresource, as in `pods/status`. */
  readonly resource?: string
  readonly namespace?: string
  readonly name?: string
  /** The node of the pod that the request names. */
  readonly node?: string
  readonly url?: RegExp
  /** Which of the matching requests, counted from 1; left out: all of them. */
  readonly nth?: number | readonly number[]
}

export type Effect =
  /** Answers instead of the server. The body defaults to what the apiserver writes with this code. */
  | {
      readonly kind: 'answer'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly message?: string
      readonly body?: string
    }
  /** Cuts the connection after so many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** The watch stays open and says nothing more after so many events. */
  | { readonly kind: 'silent-watch'; readonly afterEvents?: number }
  | { readonly kind: 'close-watch'; readonly afterEvents?: number }
  /** What an exec does to the container, and what it says, no matter what it did. */
  | {
      readonly kind: 'exec'
      readonly deliver: boolean
      readonly answer: 'success' | 'never' | 'cut' | { readonly exit: number }
    }
  /**
   * What a request through a port-forward does to the container, and what comes back, no matter what it did: nobody
   * listens, no answer at all, the first half of one, a connection that the program breaks, a WebSocket that is cut.
   */
  | {
      readonly kind: 'port-forward'
      readonly deliver: boolean
      readonly answer: 'refused' | 'never' | 'half' | 'reset' | 'cut' | { readonly status: number }
    }
  /** The kubelet reverts a phase though an annotation came with it. */
  | { readonly kind: 'revert' }
  /** Before the request a pod is gone, comes back under the same name, or a container of it restarts. `pod` is `namespace/name`. */
  | { readonly kind: 'vanish'; readonly pod: string }
  | { readonly kind: 'recreate'; readonly pod: string }
  | { readonly kind: 'restart'; readonly pod: string; readonly container: string }
  /** Before the request all versions but the newest are forgotten: older watches and continue tokens are Expired. */
  | { readonly kind: 'compact' }

export type Fault = { readonly on: Match; readonly do: Effect }

/** Counts the requests that each fault is for. */
export class Faults {
  readonly #seen = new Map<Fault, number>()

  constructor(faults: readonly Fault[]) {
    for (const fault of faults) this.add(fault)
  }

  /** Declares one more fault, until the function it gives back is called. */
  add(fault: Fault): () => void {
    this.#seen.set(fault, 0)
    return () => this.#seen.delete(fault)
  }

  effects(request: ApiRequest, node: string): readonly Effect[] {
    return [...this.#seen.keys()].filter(fault => this.#isDue(fault, request, node)).map(fault => fault.do)
  }

  #isDue(fault: Fault, request: ApiRequest, node: string): boolean {
    if (!isFor(fault.on, request, node)) return false
    const count = (this.#seen.get(fault) ?? 0) + 1
    this.#seen.set(fault, count)
    return fault.on.nth === undefined || [fault.on.nth].flat().includes(count)
  }
}

function isFor(match: Match, request: ApiRequest, node: string): boolean {
  const resource = request.subresource === '' ? request.resource : `${request.resource}/${request.subresource}`
  const pairs = [
    [match.verb, request.verb],
    [match.resource, resource],
    [match.namespace, request.namespace],
    [match.name, request.name],
    [match.node, node],
  ]
  return pairs.every(([wanted, is]) => wanted === undefined || wanted === is) && (match.url?.test(request.url) ?? true)
}

/** The effect of one kind among those of a request. */
export function effectOf<K extends Effect['kind']>(effects: readonly Effect[], kind: K): Extract<Effect, { kind: K }> | undefined {
  // Its kind was just compared, which find() can't tell the compiler of a generic union.
  return effects.find(effect => effect.kind === kind) as Extract<Effect, { kind: K }> | undefined
}
