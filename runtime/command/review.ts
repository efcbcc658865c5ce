import { type ReviewConfig, VERSION } from '../config.ts'
import type { ReportFormat } from '../config/review.ts'
import { EXIT } from '../exit.ts'
import { POLICY_FILES } from '../files.ts'
import { loadReview, type Review } from '../review.ts'
import { reviewFiles } from '../review/pass.ts'
import type { FileReview, ReviewSummary } from '../review/record.ts'
import { RULES } from '../review/rules.ts'
import { reviewGithub } from '../report/review/github.ts'
import { reviewJson } from '../report/review/json.ts'
import { reviewJunit } from '../report/review/junit.ts'
import type { ReviewReporter } from '../report/review/reporter.ts'
import { reviewSarif } from '../report/review/sarif.ts'
import { reportFile } from '../report/review/target.ts'
import { remarkText, reviewText } from '../report/review/text.ts'
import { painter } from '../report/style.ts'
import { type StatusLine, statusLine } from '../report/status-line.ts'
import type { Terminal } from '../terminal.ts'
import { UsageError } from '../usage.ts'

/** Reviews what the paths lead to, file by file, and tells it to every report that is asked for. */
export async function reviewCommand(config: ReviewConfig, terminal: Terminal): Promise<number> {
  const review = await loadReview(POLICY_FILES, config.settings, { today: new Date() })
  const bar = config.output.progress ? statusLine({ write: terminal.err, now: () => performance.now() }) : undefined
  const files = config.reports.map(({ file }) => (file === undefined ? undefined : reportFile(file)))
  const stream = config.fix === 'diff' ? terminal.err : terminal.out
  const reporters = config.reports.map(({ format }, index) =>
    reporter(format, files[index]?.write ?? (text => show(text, stream, bar)), config),
  )
  try {
    const summary = await pass(review, reporters, bar, config, terminal)
    for (const file of files) file?.keep()
    return exitCode(summary, config.failOnWarn)
  } finally {
    bar?.clear()
    for (const file of files) file?.drop()
  }
}

async function pass(
  review: Review,
  reporters: readonly ReviewReporter[],
  bar: StatusLine | undefined,
  { ignore, selection, fix, toFix, paths }: ReviewConfig,
  { out, err, signal }: Terminal,
): Promise<ReviewSummary> {
  let summary = empty(review)
  for await (const one of reviewFiles(paths, { review, selection, fix, toFix, ignore, cwd: process.cwd(), signal })) {
    summary = withFile(summary, one)
    bar?.show(`${summary.files} files reviewed …`)
    show(one.remarks.map(remarkText).join(''), err, bar)
    show(one.diff, out, bar)
    for (const reporter of reporters) reporter.file(one)
  }
  if (summary.files === 0)
    throw new UsageError(['error: there is no file to review: name files, or folders with .yaml, .yml or .json files'])
  for (const reporter of reporters) reporter.end(summary)
  return summary
}

function show(text: string, write: (text: string) => void, bar: StatusLine | undefined): void {
  if (text === '') return
  bar?.clear()
  write(text)
}

function reporter(format: ReportFormat, write: (text: string) => void, { output, failOnWarn }: ReviewConfig): ReviewReporter {
  switch (format) {
    case 'json':
      return reviewJson(write)
    case 'sarif':
      return reviewSarif({ write, version: VERSION, rules: RULES, cwd: process.cwd() })
    case 'junit':
      return reviewJunit({ write, failOnWarn })
    case 'github':
      return reviewGithub(write)
    case 'text':
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
    excepted: 0,
    problems: 0,
    notes: 0,
    policy: hashes,
  }
}

function withFile(summary: ReviewSummary, { manifests, findings, remarks, isFile }: FileReview): ReviewSummary {
  const left = findings.filter(({ fixed, exception }) => !fixed && !exception)
  const fixed = findings.filter(finding => finding.fixed).length
  const of = (severity: string) => left.filter(finding => finding.severity === severity).length
  const said = (kind: string) => remarks.filter(remark => remark.kind === kind).length
  return {
    ...summary,
    files: summary.files + (isFile ? 1 : 0),
    manifests: summary.manifests + manifests,
    error: summary.error + of('error'),
    warning: summary.warning + of('warning'),
    info: summary.info + of('info'),
    fixed: summary.fixed + fixed,
    excepted: summary.excepted + findings.length - left.length - fixed,
    problems: summary.problems + said('problem'),
    notes: summary.notes + said('note'),
  }
}

/** With failOnWarn the codes of conftest. */
function exitCode({ error, warning, problems }: ReviewSummary, failOnWarn: boolean): number {
  if (error + problems > 0) return failOnWarn ? EXIT.errors : EXIT.failed
  return failOnWarn && warning > 0 ? EXIT.failed : EXIT.fine
}
