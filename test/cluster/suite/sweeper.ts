import { setTimeout as sleep } from 'node:timers/promises'
import { startSweep, type SweepRun, type SweepScope } from './sweep.ts'

/** Sweeps start at most this often: the machine has work to do besides. */
const pauseMs = 400

/** Sweeps the pods of one group back to back for as long as a case needs it. */
export class Sweeper {
  readonly runs: SweepRun[] = []
  readonly #scope: SweepScope
  #users = 0
  #loop: Promise<void> | undefined

  constructor(scope: SweepScope) {
    this.#scope = scope
  }

  /** Sweeps until this use, and each other one, is disposed of. */
  use(): AsyncDisposable {
    this.#users++
    this.#loop ??= this.#sweep()
    return {
      [Symbol.asyncDispose]: async () => {
        if (--this.#users === 0) await this.#loop
      },
    }
  }

  async #sweep(): Promise<void> {
    while (this.#users > 0) {
      const { run, done } = startSweep(this.#scope)
      this.runs.push(run)
      await Promise.all([done, sleep(pauseMs)])
    }
    this.#loop = undefined // at once: the next use starts another
  }
}
