import type { Timers } from './timers.ts'

export type WaitOptions = { readonly deadlineMs?: number; readonly what?: string }

// For conditions that depend on something outside the sandbox.
const pollMs = 20

/** Those who wait for something to become true, asked again after every change. */
export class Waits {
  readonly #checks = new Set<() => void>()
  readonly #timers: Timers

  constructor(timers: Timers) {
    this.#timers = timers
  }

  changed(): void {
    for (const check of this.#checks) check()
  }

  /** What the predicate gives once that is neither false nor undefined. Throws when the deadline (default 5 s) comes first. */
  until<T>(predicate: () => T | false | undefined, { deadlineMs = 5_000, what = String(predicate) }: WaitOptions = {}): Promise<T> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        this.#checks.delete(check)
        cancelDeadline()
        cancelPoll()
        act()
      }
      const check = (): void => {
        try {
          const found = predicate()
          if (found !== false && found !== undefined) settle(() => resolve(found))
        } catch (error) {
          settle(() => reject(error))
        }
      }
      const poll = (): void => {
        cancelPoll = this.#timers.after(pollMs, poll)
        check()
      }
      let cancelPoll = (): void => undefined
      const cancelDeadline = this.#timers.after(deadlineMs, () =>
        settle(() => reject(new Error(`Waited ${deadlineMs} ms in vain for: ${what}`))),
      )
      this.#checks.add(check)
      poll()
    })
  }
}
