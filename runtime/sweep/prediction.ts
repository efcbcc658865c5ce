import type { Concluded } from '../ending.ts'
import { hasSurprised } from '../outcome.ts'
import { MIN_MISPREDICTED } from '../settings.ts'

/** Counts endings that came out otherwise than their verdicts said, and says when there are too many of them to go on. */
export class Predictions {
  readonly #maxShare: number
  #endings = 0
  #wrong = 0

  /** `maxShare` from 0 to 1. */
  constructor(maxShare: number) {
    this.#maxShare = maxShare
  }

  count(ending: Concluded): void {
    const { result } = ending.outcome
    if (result !== 'ended' && result !== 'reverted' && result !== 'failed') return
    this.#endings++
    if (isMispredicted(ending)) this.#wrong++
  }

  /** Why no further ending is begun, or undefined while all is well. */
  tooMany(): string | undefined {
    if (this.#wrong < MIN_MISPREDICTED || this.#wrong <= this.#endings * this.#maxShare) return undefined
    return `${this.#wrong} of ${this.#endings} endings came out otherwise than predicted, so no further one was begun`
  }
}

/** A phase that was taken back, another phase than was known before, or another exit code than the way was known for. */
function isMispredicted({ outcome, subject: { verdict }, isReverted }: Concluded): boolean {
  if (isReverted || hasSurprised(outcome)) return true
  if (outcome.result !== 'ended') return false
  return outcome.containers.some(({ name, exit, way }) => {
    const ways = verdict.containers.find(container => container.name === name)?.ways ?? []
    const expected = ways.find(offered => offered.way === way)?.exit ?? null
    return expected !== null && exit !== null && exit !== expected
  })
}
