/** Runs so many calls at once. Of those that wait, the urgent ones have their turn first, each kind in its own order. */
export class Turns {
  readonly #most: number
  readonly #urgent: (() => void)[] = []
  readonly #others: (() => void)[] = []
  #running = 0

  constructor(most: number) {
    this.#most = most
  }

  async run<T>(call: () => Promise<T>, isUrgent: boolean): Promise<T> {
    await this.#turn(isUrgent)
    try {
      return await call()
    } finally {
      this.#passOn()
    }
  }

  #turn(isUrgent: boolean): Promise<void> {
    if (this.#running === this.#most) return new Promise(go => (isUrgent ? this.#urgent : this.#others).push(go))
    this.#running++
    return Promise.resolve()
  }

  #passOn(): void {
    const go = this.#urgent.shift() ?? this.#others.shift()
    if (go === undefined) this.#running--
    else go()
  }
}
