import { buffersAnswer, statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Collection } from './collection.ts'
import type { Entry } from './entry.ts'
import { badRequest, expiredList } from './failure.ts'
import type { KubeObject } from './objects.ts'
import type { ApiRequest } from './request.ts'
import { apiVersion } from './resources.ts'
import { selector } from './selector.ts'

type Token = { readonly version: number; readonly after: string }

const comma = Buffer.from(',')
const end = Buffer.from(']}')

/** Lists, page by page, each list from one moment of the store. */
export class Lists {
  readonly #snapshots = new Map<string, readonly Entry[]>()
  readonly #version: () => number
  readonly #maxSnapshots: number

  constructor(version: () => number, maxSnapshots = 64) {
    this.#version = version
    this.#maxSnapshots = maxSnapshots
  }

  /** Forgets the moments of all lists begun: their continue tokens are Expired. */
  compact(): void {
    this.#snapshots.clear()
  }

  answer(collection: Collection<KubeObject>, request: ApiRequest): Answer {
    const given = request.query.get('continue')
    const token = given === null || given === '' ? undefined : parseToken(given)
    if (given && token === undefined) return statusAnswer(badRequest('continue key is not valid'))
    const version = token?.version ?? this.#version()
    const entries = this.#entries(collection, request, version)
    if (entries === undefined) return statusAnswer(expiredList(makeToken({ version: this.#version(), after: token?.after ?? '' })))
    return page(collection, entries, request, version, token?.after)
  }

  #entries(collection: Collection<KubeObject>, request: ApiRequest, version: number): readonly Entry[] | undefined {
    const { namespace, query } = request
    const key = JSON.stringify([collection.resource.plural, namespace, query.get('labelSelector'), query.get('fieldSelector'), version])
    const known = this.#snapshots.get(key)
    if (known !== undefined || version !== this.#version()) return known
    const matches = selector(query)
    const isEverywhere = namespace === '' && !query.has('labelSelector') && !query.has('fieldSelector')
    const all = collection.entries()
    const entries = isEverywhere
      ? all
      : all.filter(({ object }) => (namespace === '' || object.metadata.namespace === namespace) && matches(object))
    this.#keep(key, entries)
    return entries
  }

  #keep(key: string, entries: readonly Entry[]): void {
    this.#snapshots.set(key, entries)
    const [oldest] = this.#snapshots.keys()
    if (this.#snapshots.size > this.#maxSnapshots && oldest !== undefined) this.#snapshots.delete(oldest)
  }
}

function page(collection: Collection<KubeObject>, entries: readonly Entry[], request: ApiRequest, version: number, after?: string): Answer {
  const start = after === undefined ? 0 : firstAfter(entries, after)
  const limit = Number(request.query.get('limit') ?? 0) || entries.length
  const items = entries.slice(start, start + limit)
  const left = entries.length - start - items.length
  const last = items.at(-1)
  const isWhole = !request.query.get('labelSelector') && !request.query.get('fieldSelector')
  const next =
    left > 0 && last !== undefined
      ? { continue: makeToken({ version, after: last.key }), ...(isWhole && { remainingItemCount: left }) }
      : {}
  const { kind } = collection.resource
  const head = `{"kind":"${kind}List","apiVersion":"${apiVersion(collection.resource)}","metadata":${JSON.stringify({ resourceVersion: String(version), ...next })},"items":[`
  return buffersAnswer(200, [
    Buffer.from(head),
    ...items.flatMap((entry, index) => (index === 0 ? [entry.item()] : [comma, entry.item()])),
    end,
  ])
}

// Entries are sorted by key, and there may be 10,000 of them.
function firstAfter(entries: readonly Entry[], key: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle]?.key ?? '') <= key) low = middle + 1
    else high = middle
  }
  return low
}

function makeToken(token: Token): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: token.version, start: token.after })).toString('base64url')
}

function parseToken(text: string): Token | undefined {
  try {
    const { rv, start }: { rv?: unknown; start?: unknown } = JSON.parse(Buffer.from(text, 'base64url').toString())
    return typeof rv === 'number' && typeof start === 'string' ? { version: rv, after: start } : undefined
  } catch {
    return undefined
  }
}
