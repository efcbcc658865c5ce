import type { Outcome, Summary } from '../outcome.ts'
import type { Verdict } from '../verdict.ts'

type Counts = Pick<Summary, 'pods' | Bin | 'forbidden'>
type Bin = 'ended' | 'reported' | 'refused' | 'failed' | 'waiting' | 'left'

const BY_DECISION = { end: 'waiting', wait: 'waiting', leave: 'left', refuse: 'refused' } as const
const BY_RESULT = {
  ended: 'ended',
  reported: 'reported',
  reverted: 'failed',
  failed: 'failed',
  vanished: 'left',
  abandoned: 'waiting',
} as const

/** Counts every pod once: by its verdict, or by its outcome where the verdict was to end it. */
export class Tally {
  readonly #counts: Record<Bin, number> = { ended: 0, reported: 0, refused: 0, failed: 0, waiting: 0, left: 0 }
  #forbidden = 0

  /** Counts a pod that is not to be ended, or not in this sweep. */
  countVerdict({ decision }: Verdict): void {
    this.#counts[BY_DECISION[decision]]++
  }

  countOutcome({ result }: Outcome): void {
    this.#counts[BY_RESULT[result]]++
  }

  /** Counts a namespace whose pods may not be listed. */
  countForbidden(): void {
    this.#forbidden++
  }

  counts(): Counts {
    const pods = Object.values(this.#counts).reduce((sum, count) => sum + count, 0)
    return { pods, ...this.#counts, forbidden: this.#forbidden }
  }
}
