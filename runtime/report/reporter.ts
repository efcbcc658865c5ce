import type { SweepRecord } from '../outcome.ts'

/** Tells a sweep's records to someone as they come. */
export interface Reporter {
  record(record: SweepRecord): void
  /** No record will come any more. */
  end(): void
}
