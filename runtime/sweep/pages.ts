import { ClusterError, type PodPage } from '../cluster.ts'
import type { Pass } from './pass.ts'

/**
 * The pages of the pods in scope. Where all namespaces are asked for and may not be listed at once, those of each namespace
 * that may be.
 * @throws {ClusterError} `forbidden` when no pod in scope may be listed
 */
export async function* readablePages(pass: Pass): AsyncGenerator<PodPage> {
  const { cluster, options, landscape, signal } = pass
  try {
    return yield* cluster.podPages(options.scope, signal)
  } catch (error) {
    const isForbidden = error instanceof ClusterError && error.code === 'forbidden'
    if (!isForbidden || options.scope.namespace !== undefined || landscape.namespaces === null) throw error
    if (!(yield* eachNamespace(pass, [...landscape.namespaces.keys()]))) throw error
  }
}

/** Gives back whether any of them may be read. */
async function* eachNamespace(
  { cluster, options, tally, limits, signal }: Pass,
  namespaces: readonly string[],
): AsyncGenerator<PodPage, boolean> {
  let readable = 0
  for (const namespace of namespaces) {
    try {
      yield* cluster.podPages({ ...options.scope, namespace }, signal)
      readable++
    } catch (error) {
      if (!(error instanceof ClusterError) || error.code !== 'forbidden') throw error
      tally.countForbidden()
      limits.note('Not every namespace could be read', error.message)
    }
  }
  return readable > 0
}
