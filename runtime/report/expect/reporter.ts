import type { Judged } from '../../expect/judge.ts'

/** Counts of a run. */
export interface ExpectSummary {
  readonly kind: 'summary'
  readonly expectations: number
  readonly met: number
  readonly missed: number
}

/** Takes one expectation after the other, then the counts. */
export interface ExpectReporter {
  expectation(judged: Judged): void
  end(summary: ExpectSummary): void
}
