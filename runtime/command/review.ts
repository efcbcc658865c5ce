import type { ReviewConfig } from '../config.ts'
import { EXIT } from '../exit.ts'
import { POLICY_FILES } from '../files.ts'
import { loadReview, type Review } from '../review.ts'
import { reviewFiles } from '../review/pass.ts'
import type { FileReview, ReviewSummary } from '../review/record.ts'
import { reviewJson } from '../report/review/json.ts'
import type { ReviewReporter } from '../report/review/reporter.ts'
import { remarkText, reviewText } from '../report/review/text.ts'
import { painter } from '../report/style.ts'
import { type StatusLine, statusLine } from '../report/status-line.ts'
import type { Terminal } from '../terminal.ts'
import { UsageError } from '../usage.ts'

/** Reviews what the paths lead to, file by file, and tells it to every report that is asked for. */
export async function reviewCommand(config: ReviewConfig, terminal: Terminal): Promise<number> {
  const review = await loadReview(POLICY_FILES, config.settings)
  const bar = config.output.progress ? statusLine({ write: terminal.err, now: () => performance.now() }) : undefined
  const reporters = config.reports.map(({ format }) => reporter(format, text => show(text, terminal.out, bar), config))
  let summary = empty(review)
  const { ignore, selection, paths } = config
  const options = { review, selection, ignore, cwd: process.cwd(), builds: false, signal: terminal.signal }
  try {
    for await (const one of reviewFiles(paths, options)) {
      summary = withFile(summary, one)
      bar?.show(`${summary.files} files reviewed …`)
      show(one.remarks.map(remarkText).join(''), terminal.err, bar)
      for (const reporter of reporters) reporter.file(one)
    }
  } finally {
    bar?.clear()
  }
  if (summary.files === 0)
    throw new UsageError(['error: there is no file to review: name files, or folders with .yaml, .yml or .json files'])
  for (const reporter of reporters) reporter.end(summary)
  return exitCode(summary, config.failOnWarn)
}

function show(text: string, write: (text: string) => void, bar: StatusLine | undefined): void {
  if (text === '') return
  bar?.clear()
  write(text)
}

function reporter(format: string, write: (text: string) => void, { output }: ReviewConfig): ReviewReporter {
  switch (format) {
    case 'json':
      return reviewJson(write)
    default:
      return reviewText({ write, paint: painter(output.color) })
  }
}

function empty({ hashes }: Review): ReviewSummary {
  return {
    kind: 'summary',
    files: 0,
    manifests: 0,
    error: 0,
    warning: 0,
    info: 0,
    fixed: 0,
    problems: 0,
    notes: 0,
    policy: hashes,
  }
}

function withFile(summary: ReviewSummary, { manifests, findings, remarks, isFile }: FileReview): ReviewSummary {
  const left = findings.filter(({ fixed }) => !fixed)
  const of = (severity: string) => left.filter(finding => finding.severity === severity).length
  const said = (kind: string) => remarks.filter(remark => remark.kind === kind).length
  return {
    ...summary,
    files: summary.files + (isFile ? 1 : 0),
    manifests: summary.manifests + manifests,
    error: summary.error + of('error'),
    warning: summary.warning + of('warning'),
    info: summary.info + of('info'),
    fixed: summary.fixed + findings.length - left.length,
    problems: summary.problems + said('problem'),
    notes: summary.notes + said('note'),
  }
}

/** With failOnWarn the codes of conftest. */
function exitCode({ error, warning, problems }: ReviewSummary, failOnWarn: boolean): number {
  if (error + problems > 0) return failOnWarn ? EXIT.errors : EXIT.failed
  return failOnWarn && warning > 0 ? EXIT.failed : EXIT.fine
}
