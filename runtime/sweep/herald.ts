import { type Cluster, ClusterError } from '../cluster.ts'
import type { Calls } from '../ending/calls.ts'
import { type EventReason, eventsOf, outcomeNote, outcomeReason } from '../event.ts'
import type { Outcome } from '../outcome.ts'
import type { Subject } from '../plan.ts'
import type { Limits } from './limits.ts'

/** Tells people by Events what became of their pods. An Event that cannot be written stops nothing, and no ending waits for one. */
export class Herald {
  readonly #cluster: Cluster
  readonly #calls: Calls
  readonly #limits: Limits
  readonly #signal: AbortSignal
  readonly #writing: Promise<void>[] = []
  /** Namespaces that take no Events. */
  readonly #silent = new Set<string>()
  #isAnswered = true

  constructor(cluster: Cluster, calls: Calls, limits: Limits, signal: AbortSignal) {
    this.#cluster = cluster
    this.#calls = calls
    this.#limits = limits
    this.#signal = signal
  }

  announceOutcome(subject: Subject, outcome: Outcome): void {
    const reason = outcomeReason(outcome)
    if (reason) this.#announce(subject, reason, outcomeNote(outcome, subject))
  }

  announceRefusal(subject: Subject): void {
    this.#announce(subject, 'SidecarsRefused', subject.verdict.message)
  }

  /** Resolves when all that was announced is written, or is not to be. */
  async finish(): Promise<void> {
    await Promise.all(this.#writing)
  }

  #announce(subject: Subject, reason: EventReason, note: string): void {
    const { namespace } = subject.ref
    for (const event of eventsOf(subject, reason, note, this.#cluster.now())) {
      this.#writing.push(this.#calls.runAside(() => this.#write(namespace, event)))
    }
  }

  async #write(namespace: string, event: object): Promise<void> {
    if (!this.#isAnswered || this.#silent.has(namespace) || this.#signal.aborted) return
    try {
      await this.#cluster.createEvent(namespace, event, this.#signal)
    } catch (error) {
      if (this.#signal.aborted) return
      if (!(error instanceof ClusterError)) throw error
      if (error.code === 'conflict') return // said before
      if (error.code === 'forbidden') this.#silent.add(namespace)
      if (error.code === 'unreachable') this.#isAnswered = false
      this.#limits.note('Not every Event was written', error.message)
    }
  }
}
