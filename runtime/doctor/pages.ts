import { ClusterError, type Scope } from '../cluster.ts'
import type { Around } from './around.ts'
import type { Gaps } from './gaps.ts'

export interface Listing<T> {
  /** As the API calls it, for the message. */
  readonly resource: string
  readonly pages: (scope: Scope) => AsyncGenerator<readonly T[]>
  readonly key: (object: T) => string
}

/**
 * Each object in scope once, a page at a time in memory. Where all namespaces are asked for and may not be listed at once,
 * those of each namespace that may be. What cannot be read is a gap; gives back the error when that is all of it.
 */
export async function* objects<T>(
  { resource, pages, key }: Listing<T>,
  scope: Scope,
  { namespaces }: Around,
  gaps: Gaps,
): AsyncGenerator<T, ClusterError | undefined> {
  // A list that began again shows objects that were seen before.
  const seen = new Set<string>()
  const notEvery = `Not every one of the ${resource} could be read`
  const unseen = (object: T): boolean => seen.size < seen.add(key(object)).size
  try {
    for await (const page of pages(scope)) yield* page.filter(unseen)
    return undefined
  } catch (error) {
    const isForbidden = error instanceof ClusterError && error.code === 'forbidden'
    if (isForbidden && scope.namespace === undefined && namespaces !== null) return (yield* eachNamespace()) ? undefined : error
    gaps.noteScope(resource, notEvery, error)
    return seen.size > 0 ? undefined : error
  }

  /** Gives back whether any of them may be read. */
  async function* eachNamespace(): AsyncGenerator<T, boolean> {
    let readable = 0
    for (const namespace of namespaces?.keys() ?? []) {
      try {
        for await (const page of pages({ ...scope, namespace })) yield* page.filter(unseen)
        readable++
      } catch (refusal) {
        gaps.noteScope(resource, notEvery, refusal)
      }
    }
    return readable > 0
  }
}
