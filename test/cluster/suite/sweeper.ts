import { setTimeout as sleep } from 'node:timers/promises'
import { startSweep, type SweepRun } from './sweep.ts'

/** Sweeps start at most this often: the machine has work to do besides. */
const pauseMs = 400

/** Sweeps the pods of one group back to back for as long as a case needs it. */
export class Sweeper {
  readonly runs: SweepRun[] = []
  readonly #start: () => ReturnType<typeof startSweep>
  #users = 0
  #loop: Promise<void> | undefined

  constructor(kubeconfig: string, settings: string, selector: string) {
    this.#start = () => startSweep(kubeconfig, settings, selector)
  }

  /** Sweeps until this use, and each other one, is disposed of. */
  use(): AsyncDisposable {
    this.#users++
    this.#loop ??= this.#sweep()
    return {
      [Symbol.asyncDispose]: async () => {
        if (--this.#users > 0) return
        await this.#loop
        if (this.#users === 0) this.#loop = undefined
      },
    }
  }

  async #sweep(): Promise<void> {
    while (this.#users > 0) {
      const { run, done } = this.#start()
      this.runs.push(run)
      await Promise.all([done, sleep(pauseMs)])
    }
  }
}
