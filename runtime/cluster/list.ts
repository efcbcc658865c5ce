import { setImmediate } from 'node:timers/promises'
import { ClusterError } from '../cluster.ts'
import { answerError } from './error.ts'
import type { Operation, Query } from './operation.ts'
import { type CallOptions, request } from './request.ts'
import type { Wire } from './wire.ts'

export interface ListOptions extends CallOptions {
  /** Objects a page. */
  readonly pageSize: number
}

export interface ListPage {
  readonly items: readonly unknown[]
  readonly resourceVersion: string
  /** The list began again: what came before this page is void. */
  readonly restart: boolean
}

// A list that the server forgets each time before its end will not end well.
const MAX_RESTARTS = 3

/** The pages of a list. While one is read the next is on its way, and never more than that: two pages are in memory. */
export async function* listPages(
  wire: Wire,
  operation: (query: Query) => Operation,
  options: ListOptions,
  signal: AbortSignal,
): AsyncGenerator<ListPage> {
  const left = new AbortController()
  const stop = AbortSignal.any([signal, left.signal])
  const fetched = (token?: string): Promise<Part> =>
    part(wire, operation({ limit: String(options.pageSize), continue: token }), options, stop)
  let next = fetched()
  let isFirst = true
  let restarts = 0
  try {
    for (;;) {
      const page = await next.catch((error: unknown) => {
        if (isFirst || restarts === MAX_RESTARTS || !(error instanceof ClusterError) || error.code !== 'gone') throw error
        return undefined
      })
      if (page === undefined) {
        restarts++
        isFirst = true
        next = fetched()
        continue
      }
      const { token, items, resourceVersion } = page
      if (token !== '') {
        next = fetched(token)
        // It is awaited when this page has been read; until then its failure is nobody's.
        next.catch(() => {})
        // Whoever reads the page may do so in one go; the request is written before that, or nothing is gained by it.
        await setImmediate()
      }
      yield { items, resourceVersion, restart: isFirst && restarts > 0 }
      isFirst = false
      if (token === '') return
    }
  } finally {
    left.abort()
  }
}

interface Part {
  readonly items: readonly unknown[]
  readonly resourceVersion: string
  /** Of the next part; empty in the last one. */
  readonly token: string
}

async function part(wire: Wire, operation: Operation, options: CallOptions, signal: AbortSignal): Promise<Part> {
  const list = await request(wire, operation, options, signal)
  // A list of nothing has items null.
  const items = 'items' in list ? (list.items ?? []) : undefined
  if (!Array.isArray(items)) throw answerError(operation, wire.server, 'no list')
  const metadata: object = 'metadata' in list && typeof list.metadata === 'object' ? (list.metadata ?? {}) : {}
  const token = 'continue' in metadata ? String(metadata.continue) : ''
  const resourceVersion = 'resourceVersion' in metadata ? String(metadata.resourceVersion) : ''
  return { items, resourceVersion, token }
}
