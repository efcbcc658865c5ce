import { ClusterError, type ClusterErrorCode } from '../cluster.ts'

/** After these the rest can still be read. */
const LOCAL: ReadonlySet<ClusterErrorCode> = new Set(['forbidden', 'not-found', 'gone', 'invalid', 'server'])

/** How a call came out. */
export type Attempt<T> = { readonly value: T } | { readonly error: unknown }

/** Waits for a call, to be told of its failure in an order of one's own. */
export function attempt<T>(call: Promise<T>): Promise<Attempt<T>> {
  return call.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  )
}

/** What could not be read, and why. Each is said once, with the first reason. */
export class Gaps {
  readonly #reasons = new Map<string, string>()
  readonly #unread = new Set<string>()

  /** Notes an error after which the rest goes on; throws any other. */
  note(what: string, error: unknown): asserts error is ClusterError {
    if (!(error instanceof ClusterError) || !LOCAL.has(error.code)) throw error
    this.remark(what, error.message)
  }

  /** Likewise of a part of what was asked for, by the name of its resource. */
  noteScope(resource: string, what: string, error: unknown): asserts error is ClusterError {
    this.note(what, error)
    this.#unread.add(resource)
  }

  /** What was read, or null and a note where that failed. */
  valueOf<T>(what: string, attempt: Attempt<T>): T | null {
    if ('value' in attempt) return attempt.value
    this.note(what, attempt.error)
    return null
  }

  remark(what: string, why = ''): void {
    if (!this.#reasons.has(what)) this.#reasons.set(what, why)
  }

  /** The resources of which some could not be read. */
  get unread(): readonly string[] {
    return [...this.#unread]
  }

  sentences(): readonly string[] {
    return [...this.#reasons].map(([what, why]) => (why === '' ? what : `${what}: ${why}`))
  }
}
