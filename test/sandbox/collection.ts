import { isDeepStrictEqual } from 'node:util'
import { entry } from './entry.ts'
import type { Entry } from './entry.ts'
import type { Actor, Change } from './changes.ts'
import type { KubeObject } from './objects.ts'
import type { Resource } from './resources.ts'

/** What a collection needs from its store: the one version counter, and an ear for changes. */
export type Revisions = { readonly next: () => number; readonly publish: (change: Change) => void }

/** All objects of one resource. */
export class Collection<T extends KubeObject> {
  readonly resource: Resource
  readonly #revisions: Revisions
  readonly #entries = new Map<string, Entry<T>>()
  #sorted: readonly Entry<T>[] | undefined

  constructor(resource: Resource, revisions: Revisions) {
    this.resource = resource
    this.#revisions = revisions
  }

  entry(key: string): Entry<T> | undefined {
    return this.#entries.get(key)
  }

  /** All entries in the order of their keys, as etcd lists them. */
  entries(): readonly Entry<T>[] {
    return (this.#sorted ??= [...this.#entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1)))
  }

  /** All objects in the order of their creation. */
  inOrder(): readonly T[] {
    return [...this.#entries.values()].map(stored => stored.object)
  }

  add(object: T, actor: Actor): Entry<T> {
    return this.#put('ADDED', object, undefined, actor)
  }

  /** Stores what `change` makes of an object; a change that changes nothing makes no new version, as in the real server. */
  update(key: string, change: (object: T) => T, actor: Actor): Entry<T> | undefined {
    const before = this.#entries.get(key)
    if (before === undefined) return undefined
    const object = change(before.object)
    return isDeepStrictEqual(object, before.object) ? before : this.#put('MODIFIED', object, before, actor)
  }

  remove(key: string, actor: Actor): Entry<T> | undefined {
    const before = this.#entries.get(key)
    if (before === undefined) return undefined
    this.#entries.delete(key)
    this.#sorted = undefined
    const version = this.#revisions.next()
    this.#revisions.publish({ type: 'DELETED', version, resource: this.resource, before, after: undefined, actor })
    return before
  }

  #put(type: 'ADDED' | 'MODIFIED', object: T, before: Entry<T> | undefined, actor: Actor): Entry<T> {
    const version = this.#revisions.next()
    const metadata = { ...object.metadata, resourceVersion: String(version) }
    const after = entry(this.resource, { ...object, metadata }, version)
    this.#entries.set(after.key, after)
    this.#sorted = undefined
    this.#revisions.publish({ type, version, resource: this.resource, before, after, actor })
    return after
  }
}
