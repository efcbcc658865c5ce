import { type Cluster, ClusterError } from '../cluster.ts'
import type { Calls } from '../ending/calls.ts'
import { type EventReason, eventsOf, outcomeNote, outcomeReason } from '../event.ts'
import type { Outcome } from '../outcome.ts'
import type { Subject } from '../plan.ts'

/** Tells people by Events what became of their pods; an Event that cannot be written stops nothing. */
export class Herald {
  readonly #cluster: Cluster
  readonly #calls: Calls
  readonly #limited: (why: string) => void
  readonly #signal: AbortSignal
  readonly #writing: Promise<void>[] = []
  #isForbidden = false

  constructor(cluster: Cluster, calls: Calls, limited: (why: string) => void, signal: AbortSignal) {
    this.#cluster = cluster
    this.#calls = calls
    this.#limited = limited
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
    for (const event of eventsOf(subject, reason, note, this.#cluster.now())) this.#writing.push(this.#write(subject.ref.namespace, event))
  }

  async #write(namespace: string, event: object): Promise<void> {
    try {
      await this.#calls.run(async () => this.#isForbidden || this.#signal.aborted || (await this.#cluster.createEvent(namespace, event, this.#signal)))
    } catch (error) {
      if (this.#signal.aborted) return
      if (!(error instanceof ClusterError)) throw error
      if (error.code === 'conflict') return // said before
      if (error.code === 'forbidden') this.#isForbidden = true
      this.#limited(`Not every Event was written: ${error.message}`)
    }
  }
}
