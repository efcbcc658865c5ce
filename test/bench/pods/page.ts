import type { Kind } from './mix.ts'
import { type ListedPod, listedPod } from './pod.ts'

/** A page of a list of pods, as the API server answers. */
export interface ListOfPods {
  readonly kind: 'PodList'
  readonly apiVersion: 'v1'
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string; readonly remainingItemCount?: number }
  readonly items: readonly ListedPod[]
}

export interface PageOptions {
  /** Pods of the whole list. */
  readonly count: number
  readonly limit: number
  /** Of the pod with that index. */
  readonly kind: (index: number) => Kind
  readonly namespace?: string
}

const JOB = { name: 'nightly', uid: '6b1f1c52-93ac-4c5e-9d0e-2f1f3f4a5b6c' }

/** The page that begins with that pod. */
export function listPage(from: number, { count, limit, kind, namespace = 'bench' }: PageOptions): ListOfPods {
  const start = new Date(Date.now() - 3_600_000)
  const next = Math.min(from + limit, count)
  const rest = next < count ? { continue: String(next), remainingItemCount: count - next } : {}
  const items = Array.from({ length: next - from }, (_, offset) =>
    listedPod({ index: from + offset, kind: kind(from + offset), namespace, node: 'worker-7', job: JOB, start }),
  )
  return { kind: 'PodList', apiVersion: 'v1', metadata: { resourceVersion: '999999', ...rest }, items }
}

/** All pages, one after the other. */
export function* listPages(options: PageOptions): Generator<ListOfPods> {
  for (let from = 0; from < options.count; from += options.limit) yield listPage(from, options)
}
