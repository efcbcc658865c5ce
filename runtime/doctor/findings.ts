import type { Around } from './around.ts'
import { namespaceOf } from './around.ts'
import type { Owner, SidecarRecord, StrippedRecord } from './record.ts'
import type { DoctorRules, Inspected, StrippedSidecar } from './rules.ts'

/** Where something was seen. */
export interface Sight {
  readonly namespace: string
  readonly owner: Owner
  /** The pod, with its labels; null: a template. */
  readonly pod: { readonly name: string; readonly labels: Readonly<Record<string, string>> } | null
}

/** Whether it is possible to make them native is the cluster's to say. */
export type FoundSidecar = Omit<SidecarRecord, 'possible'>
type Group = { -readonly [key in keyof FoundSidecar]: FoundSidecar[key] }
type StrippedGroup = Omit<StrippedRecord, 'webhooks' | 'pods'> & { pods: number; readonly labels: Readonly<Record<string, string>> }

/** Gathers what was seen by who made it, so that equal pods are one finding. */
export class Findings {
  readonly #sidecars = new Map<string, Group>()
  readonly #stripped = new Map<string, StrippedGroup>()
  /** Owners of which a pod was seen. */
  readonly #shown = new Set<string>()
  #unclear = 0
  #whyUnclear: string | undefined

  add(sight: Sight, { sidecars, stripped, unclear }: Inspected): void {
    if (sight.pod !== null) this.#shown.add(keyOf(sight))
    if (unclear !== null) {
      this.#unclear++
      this.#whyUnclear ??= `${sight.namespace}, ${sight.owner.kind} ${sight.owner.name}: ${unclear}`
    }
    for (const { name, row, title, why, certain, needs_reaper: needsReaper, native } of sidecars) {
      const key = keyOf(sight, name, row)
      const { namespace, owner } = sight
      const seen = { kind: 'sidecar', namespace, owner, container: name, row, title, why, certain, needsReaper, native } as const
      const group = this.#sidecars.get(key) ?? { ...seen, pods: 0, templates: 0 }
      if (sight.pod === null) group.templates++
      else group.pods++
      group.certain ||= certain
      group.needsReaper ||= needsReaper
      this.#sidecars.set(key, group)
    }
    const { pod } = sight
    if (pod !== null) for (const one of stripped) this.#addStripped({ ...sight, pod }, one)
  }

  /** The sidecars that are not native. What a webhook was only expected to add is left out where pods show that it does not. */
  sidecars(): readonly FoundSidecar[] {
    return sorted([...this.#sidecars.values()].filter(group => group.certain || !this.#shown.has(keyOf(group))))
  }

  *stripped(rules: DoctorRules, around: Around): Generator<StrippedRecord> {
    const { webhooks } = around
    for (const { labels, ...group } of sorted([...this.#stripped.values()]))
      yield { ...group, webhooks: webhooks && rules.webhooks(webhooks, labels, namespaceOf(around, group.namespace)) }
  }

  /** Pods and templates of which nobody knows who is a sidecar, and the first with its reason. */
  get unclear(): { readonly count: number; readonly first: string | undefined } {
    return { count: this.#unclear, first: this.#whyUnclear }
  }

  #addStripped(
    { namespace, owner, pod }: Sight & { readonly pod: NonNullable<Sight['pod']> },
    { name, how, message }: StrippedSidecar,
  ): void {
    const key = keyOf({ namespace, owner }, name, how)
    const found = this.#stripped.get(key)
    if (found !== undefined) found.pods++
    else
      this.#stripped.set(key, {
        kind: 'stripped',
        namespace,
        owner,
        container: name,
        how,
        message,
        pods: 1,
        pod: pod.name,
        labels: pod.labels,
      })
  }
}

function keyOf({ namespace, owner }: Pick<Sight, 'namespace' | 'owner'>, ...more: readonly (string | null)[]): string {
  return JSON.stringify([namespace, owner.kind, owner.name, ...more])
}

interface Sortable {
  readonly namespace: string
  readonly owner: Owner
  readonly container: string
}

/** What does not depend on the order in which the server lists. */
function sorted<T extends Sortable>(groups: readonly T[]): readonly T[] {
  const place = ({ namespace, owner, container }: Sortable) => [namespace, owner.kind, owner.name, container].join('/')
  return groups.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}
