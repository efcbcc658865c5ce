import type { FileReview, ReviewSummary } from '../../review/record.ts'

/** Tells a review to someone, file by file. */
export interface ReviewReporter {
  file(review: FileReview): void
  end(summary: ReviewSummary): void
}
