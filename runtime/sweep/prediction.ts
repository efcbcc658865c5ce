import { MIN_MISPREDICTED } from '../settings.ts'
import type { Outcome } from '../outcome.ts'
import type { Verdict } from '../verdict.ts'

/** Counts endings that came out otherwise than their verdicts said, and says when there are too many of them to go on. */
export class Predictions {
  readonly #maxShare: number
  #endings = 0
  #wrong = 0

  /** `maxShare` from 0 to 1. */
  constructor(maxShare: number) {
    this.#maxShare = maxShare
  }

  count(verdict: Verdict, outcome: Outcome): void {
    if (outcome.result !== 'ended' && outcome.result !== 'reverted' && outcome.result !== 'failed') return
    this.#endings++
    if (isMispredicted(verdict, outcome)) this.#wrong++
  }

  /** Why no further ending is begun, or undefined while all is well. */
  tooMany(): string | undefined {
    if (this.#wrong < MIN_MISPREDICTED || this.#wrong <= this.#endings * this.#maxShare) return undefined
    return `${this.#wrong} of ${this.#endings} endings came out otherwise than predicted, so no further one was begun`
  }
}

/** A phase that was taken back, or a sidecar that ended with another code than its way was known for. */
function isMispredicted({ containers }: Verdict, { result, way, containers: ends }: Outcome): boolean {
  if (result === 'reverted') return true
  if (result !== 'ended' || way === 'complete') return false
  return ends.some(({ name, exit }) => {
    const expected = containers.find(container => container.name === name)?.ways.find(candidate => candidate.way === way)?.exit
    return expected !== undefined && expected !== null && exit !== null && exit !== expected
  })
}
