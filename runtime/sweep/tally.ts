import type { Outcome, Summary } from '../outcome.ts'
import type { Verdict } from '../verdict.ts'

type Counts = Omit<Summary, 'kind' | 'limits' | 'stopped' | 'policy'>
type Bin = Exclude<keyof Counts, 'pods'>

const BY_DECISION = { wait: 'waiting', leave: 'left', refuse: 'refused' } as const
const BY_RESULT = { ended: 'ended', reported: 'reported', reverted: 'failed', failed: 'failed', vanished: 'left', abandoned: 'waiting' } as const

/** Counts every pod once: by its verdict, or by its outcome where the verdict was to end it. */
export class Tally {
  #counts: Record<Bin, number> = { ended: 0, reported: 0, refused: 0, failed: 0, waiting: 0, left: 0 }

  /** Counts a pod that is not to be ended now. */
  countVerdict({ decision }: Verdict): void {
    this.#counts[decision === 'end' ? 'waiting' : BY_DECISION[decision]]++
  }

  countOutcome({ result }: Outcome): void {
    this.#counts[BY_RESULT[result]]++
  }

  /** Forgets all: the list began again. */
  reset(): void {
    for (const bin of Object.keys(this.#counts) as Bin[]) this.#counts[bin] = 0 // its keys are the bins
  }

  counts(): Counts {
    return { pods: Object.values(this.#counts).reduce((sum, count) => sum + count, 0), ...this.#counts }
  }
}
