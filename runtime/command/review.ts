import { type ReviewConfig, VERSION } from '../config.ts'
import { type ReportFormat, unknownRule } from '../config/review.ts'
import { EXIT } from '../exit.ts'
import { POLICY_FILES } from '../files.ts'
import { loadReview, type Review } from '../review.ts'
import { reviewHelpers } from '../review/helpers.ts'
import { reviewFiles } from '../review/pass.ts'
import type { FileReview, ReviewSummary } from '../review/record.ts'
import { RULES } from '../review/rules.ts'
import { reviewGithub } from '../report/review/github.ts'
import { reviewJson } from '../report/review/json.ts'
import { reviewJunit } from '../report/review/junit.ts'
import type { ReviewReporter } from '../report/review/reporter.ts'
import { reviewSarif } from '../report/review/sarif.ts'
import { openReports } from '../report/review/target.ts'
import { remarkText, reviewText } from '../report/review/text.ts'
import { painter } from '../report/style.ts'
import { type StatusLine, statusLine } from '../report/status-line.ts'
import type { Terminal } from '../terminal.ts'
import { UsageError } from '../usage.ts'

/** Reviews what the paths lead to, file by file, and tells it to every report that is asked for. */
export async function reviewCommand(config: ReviewConfig, terminal: Terminal): Promise<number> {
  const today = new Date()
  const own = loadReview(POLICY_FILES, config.settings, { today })
  own.catch(() => {}) // it is heard of where it is awaited, once the files are found
  const review = config.policies.length === 0 ? own : Promise.resolve(await withOthers(await own, config))
  const bar = config.output.progress ? statusLine({ write: terminal.err, now: () => performance.now() }) : undefined
  const stream = config.fix === 'diff' ? terminal.err : terminal.out
  const reports = openReports(config.reports, text => show(text, stream, bar))
  const reporters = reports.all.map(({ format, write }) => reporter(format, write, config))
  try {
    const summary = await pass(review, today, reporters, bar, config, terminal)
    reports.keep()
    return exitCode(summary, config.failOnWarn)
  } finally {
    bar?.clear()
    reports.drop()
  }
}

async function withOthers(review: Review, { policies: files, selection }: ReviewConfig): Promise<Review> {
  const { loadOtherPolicy, withPolicies } = await import('../review/other-policy.ts')
  const policies = await Promise.all(files.map(loadOtherPolicy))
  const known = policies.map(({ rules }) => rules)
  if (known.every(rules => rules !== undefined)) {
    const names = [...RULES.map(({ name }) => name), ...known.flat()]
    const unknown = selection.rules.find(rule => !names.includes(rule))
    if (unknown !== undefined) throw unknownRule(unknown, names)
  }
  return withPolicies(review, policies)
}

async function pass(
  loading: Promise<Review>,
  today: Date,
  reporters: readonly ReviewReporter[],
  bar: StatusLine | undefined,
  config: ReviewConfig,
  { out, err, signal }: Terminal,
): Promise<ReviewSummary> {
  let counts = NOTHING
  for await (const one of reviews(loading, config, today, signal)) {
    counts = withFile(counts, one)
    bar?.show(config.scope === undefined ? `${counts.files} files reviewed …` : `${counts.manifests} objects reviewed …`)
    show(one.remarks.map(remarkText).join(''), err, bar)
    show(one.diff, out, bar)
    for (const reporter of reporters) reporter.file(one)
  }
  if (counts.files === 0 && config.scope === undefined)
    throw new UsageError(['error: there is no file to review: name files, or folders with .yaml, .yml or .json files'])
  const review = await loading
  const summary: ReviewSummary = {
    ...counts,
    get policy() {
      return review.hashes
    },
  }
  for (const reporter of reporters) reporter.end(summary)
  return summary
}

async function* reviews(review: Promise<Review>, config: ReviewConfig, today: Date, signal: AbortSignal): AsyncGenerator<FileReview> {
  const { ignore, selection, fix, toFix, paths, scope, access, settings, policies } = config
  if (scope === undefined) {
    // A thread would have to be given the others' policies, and two that mend could meet in one file.
    const help = fix === 'no' && policies.length === 0 ? reviewHelpers({ settings, today, selection }, signal) : undefined
    return yield* reviewFiles(paths, { review, selection, fix, toFix, ignore, cwd: process.cwd(), signal, help })
  }
  const [{ connectCluster }, { reviewCluster }] = await Promise.all([import('../cluster/connect.ts'), import('../review/live.ts')])
  const cluster = await connectCluster({ ...access, callTimeoutMs: settings.callTimeout * 1000 })
  try {
    const namespace = scope.kind === 'namespace' ? scope.namespace : cluster.namespace
    yield* reviewCluster(cluster, scope.kind === 'all' ? {} : { namespace }, { review: await review, selection, signal })
  } finally {
    cluster.close()
  }
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

type Counts = Omit<ReviewSummary, 'policy'>

const NOTHING: Counts = {
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
}

function withFile(counts: Counts, { manifests, findings, remarks, isFile }: FileReview): Counts {
  const left = findings.filter(({ fixed, exception }) => !fixed && !exception)
  const fixed = findings.filter(finding => finding.fixed).length
  const of = (severity: string) => left.filter(finding => finding.severity === severity).length
  const said = (kind: string) => remarks.filter(remark => remark.kind === kind).length
  return {
    ...counts,
    files: counts.files + (isFile ? 1 : 0),
    manifests: counts.manifests + manifests,
    error: counts.error + of('error'),
    warning: counts.warning + of('warning'),
    info: counts.info + of('info'),
    fixed: counts.fixed + fixed,
    excepted: counts.excepted + findings.length - left.length - fixed,
    problems: counts.problems + said('problem'),
    notes: counts.notes + said('note'),
  }
}

/** With failOnWarn the codes of conftest. */
function exitCode({ error, warning, problems }: ReviewSummary, failOnWarn: boolean): number {
  if (error + problems > 0) return failOnWarn ? EXIT.errors : EXIT.failed
  return failOnWarn && warning > 0 ? EXIT.failed : EXIT.fine
}
