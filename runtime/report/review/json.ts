import { jsonLine } from '../json.ts'
import type { ReviewReporter } from './reporter.ts'

/** A review as one JSON object a line: findings, problems and notes, last the summary. */
export function reviewJson(write: (text: string) => void): ReviewReporter {
  return {
    file: ({ findings, remarks }) => write([...findings, ...remarks].map(jsonLine).join('')),
    end: summary => write(jsonLine(summary)),
  }
}
