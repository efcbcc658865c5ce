import { jsonLine } from '../json.ts'
import type { ExpectReporter } from './reporter.ts'

/** Expectations as one JSON object a line, last the summary. */
export function expectJson(write: (text: string) => void): ExpectReporter {
  return { expectation: judged => write(jsonLine(judged)), end: summary => write(jsonLine(summary)) }
}
