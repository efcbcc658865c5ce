/** All timers of a sandbox: what is not due at close never happens. */
export class Timers {
  #pending = new Set<NodeJS.Timeout>()
  #isClosed = false

  /** Runs the action after `ms` milliseconds; what it returns calls it off. */
  after(ms: number, action: () => void): () => void {
    if (this.#isClosed) return () => undefined
    const timer = setTimeout(() => {
      this.#pending.delete(timer)
      action()
    }, ms)
    this.#pending.add(timer)
    return () => this.#cancel(timer)
  }

  /** Resolves after `ms` milliseconds, or never when the sandbox closes first. */
  sleep(ms: number): Promise<void> {
    return new Promise(resolve => this.after(ms, resolve))
  }

  close(): void {
    this.#isClosed = true
    for (const timer of this.#pending) clearTimeout(timer)
    this.#pending.clear()
  }

  #cancel(timer: NodeJS.Timeout): void {
    clearTimeout(timer)
    this.#pending.delete(timer)
  }
}
