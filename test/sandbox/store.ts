import { randomUUID } from 'node:crypto'
import { ChangeLog } from './changes.ts'
import type { Change } from './changes.ts'
import { Collection } from './collection.ts'
import { apiTime } from './objects.ts'
import type { Job, KubeObject, ManifestMetadata, Metadata, Node, Pod } from './objects.ts'
import { cronJobResource, eventResource, jobResource, namespaceResource, nodeResource, podResource, webhookResource } from './resources.ts'

const firstVersion = 1000

/** The sandbox's etcd: one version counter, a log of changes, and listeners that hear each change at once. */
export class Store {
  readonly pods: Collection<Pod>
  readonly jobs: Collection<Job>
  readonly nodes: Collection<Node>
  readonly namespaces: Collection<KubeObject>
  readonly events: Collection<KubeObject>
  /** Nothing runs them: they are only read. */
  readonly cronJobs: Collection<KubeObject>
  readonly webhooks: Collection<KubeObject>
  readonly log: ChangeLog
  readonly #listeners = new Set<(change: Change) => void>()
  readonly #undelivered: Change[] = []
  readonly #now: () => Date
  #version = firstVersion

  constructor(now: () => Date, history: number) {
    this.#now = now
    this.log = new ChangeLog(firstVersion, history)
    const revisions = { next: () => ++this.#version, publish: (change: Change) => this.#publish(change) }
    this.pods = new Collection(podResource, revisions)
    this.jobs = new Collection(jobResource, revisions)
    this.nodes = new Collection(nodeResource, revisions)
    this.namespaces = new Collection(namespaceResource, revisions)
    this.events = new Collection(eventResource, revisions)
    this.cronJobs = new Collection(cronJobResource, revisions)
    this.webhooks = new Collection(webhookResource, revisions)
  }

  get version(): number {
    return this.#version
  }

  /** Calls the listener at each change until the function it gives back is called. */
  onChange(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A manifest's metadata with what the server adds on creation. */
  metadata(given: ManifestMetadata): Metadata {
    const name = given.name ?? `${given.generateName}${nameSuffix()}`
    const creationTimestamp = given.creationTimestamp ?? apiTime(this.#now())
    return { ...given, name, uid: given.uid ?? randomUUID(), resourceVersion: '', creationTimestamp }
  }

  // A listener's own change waits until all have heard the one before: watches must see them in order.
  #publish(change: Change): void {
    this.log.push(change)
    if (this.#undelivered.push(change) > 1) return
    for (let next = this.#undelivered[0]; next !== undefined; next = this.#undelivered[0]) {
      for (const listener of this.#listeners) listener(next)
      this.#undelivered.shift()
    }
  }
}

// The letters that the real server uses: no vowels, so that no words come out.
const letters = 'bcdfghjklmnpqrstvwxz2456789'

/** Five random characters, as the server appends to `generateName`. */
export function nameSuffix(): string {
  return Array.from({ length: 5 }, () => letters[Math.floor(Math.random() * letters.length)]).join('')
}
