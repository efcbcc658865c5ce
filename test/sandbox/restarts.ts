import type { Container } from './container.ts'
import type { Timers } from './timers.ts'
import type { Timings } from './timings.ts'

/** The containers of a pod that are about to restart, or wait in back-off. */
export class Restarts {
  readonly #due = new Map<Container, () => void>()
  readonly #timers: Timers
  readonly #timings: Timings
  /** How messages name the pod: `name_namespace(uid)`. */
  readonly #podName: string

  constructor(timers: Timers, timings: Timings, podName: string) {
    this.#timers = timers
    this.#timings = timings
    this.#podName = podName
  }

  has(container: Container): boolean {
    return this.#due.has(container)
  }

  /** The first restart comes at once, the next ones after a back-off that doubles (kubelet: 10 s to 5 min). */
  plan(container: Container): void {
    if (this.#due.has(container)) return
    const backOffMs = this.#backOffMs(container.restartCount)
    this.#due.set(
      container,
      this.#timers.after(backOffMs, () => this.#restart(container)),
    )
    if (backOffMs > 0) container.wait('CrashLoopBackOff', this.#message(container, backOffMs))
  }

  /** Calls off all restarts. */
  cancel(): void {
    for (const cancel of this.#due.values()) cancel()
    this.#due.clear()
  }

  #restart(container: Container): void {
    this.#due.delete(container)
    container.start()
  }

  #backOffMs(restartCount: number): number {
    if (restartCount === 0) return 0
    return Math.min(this.#timings.backOffMs * 2 ** (restartCount - 1), this.#timings.maxBackOffMs)
  }

  #message(container: Container, ms: number): string {
    return `back-off ${ms / 1000}s restarting failed container=${container.spec.name} pod=${this.#podName}`
  }
}
