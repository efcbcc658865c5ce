import { resolve } from 'node:path'
import { STDIN } from '../documents.ts'
import { nearest } from '../nearest.ts'
import { printable } from '../printable.ts'
import type { Severity } from '../review.ts'
import type { Selection } from '../review/file-review.ts'
import { RULES } from '../review/rules.ts'
import { UsageError } from '../usage.ts'
import { usage } from './arguments.ts'
import { REPORT_FORMATS } from './program.ts'

export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** A report, and the file that it goes to; undefined: standard output. */
export interface ReportTarget {
  readonly format: ReportFormat
  readonly file: string | undefined
}

/** What a review is asked for by its flags. Throws UsageError. */
export function reviewOptions(
  options: Readonly<Record<string, unknown>>,
  paths: readonly string[],
): {
  readonly reports: readonly ReportTarget[]
  readonly ignore: readonly string[]
  readonly selection: Selection
  readonly failOnWarn: boolean
  readonly fix: 'no' | 'write' | 'diff'
  readonly toFix: Selection
  readonly policies: readonly string[]
} {
  const {
    output,
    rule = [],
    minSeverity,
    ignore = [],
    policy = [],
    failOnWarn,
    fix,
    diff,
    namespace,
    allNamespaces,
    kubeconfig,
    context,
  } = options as unknown as Options // the program declares these, with no other types
  if ((fix || diff) && paths.includes(STDIN))
    throw usage(`${diff ? '--diff' : '--fix'} needs files: there is nothing to mend in standard input`, 'review')
  const isLive = allNamespaces === true || namespace !== undefined
  if (isLive) refuseFiles(options, paths)
  else if (paths.length === 0)
    throw usage('name a PATH: files, folders, patterns in quotes, or - for standard input; -n or -A for what lives in a cluster', 'review')
  if (!isLive && (kubeconfig !== undefined || context !== undefined))
    throw usage(`${kubeconfig === undefined ? '--context' : '--kubeconfig'} goes with -n or -A: files ask no cluster`, 'review')
  const rules = policy.length > 0 ? rule : rule.map(known) // theirs have names of their own
  return {
    reports: reportTargets(output ?? ['text'], { isDiff: diff === true, paths }),
    ignore,
    policies: policy,
    selection: { rules, minSeverity: minSeverity ?? 'info' },
    failOnWarn: failOnWarn === true,
    fix: diff ? 'diff' : fix ? 'write' : 'no',
    // An info may be as it is meant: such a Job does complete where a reaper runs.
    toFix: { rules, minSeverity: minSeverity ?? (rules.length > 0 ? 'info' : 'warning') },
  }
}

/** A cluster has no files to name, to leave out, to mend, or to show findings beside. */
function refuseFiles(options: Readonly<Record<string, unknown>>, paths: readonly string[]): void {
  if (paths.length > 0) throw usage(`-n and -A review a cluster: leave out ${paths.map(path => printable(path)).join(' ')}`, 'review')
  const flag = ['fix', 'diff', 'ignore'].find(name => options[name] !== undefined)
  if (flag !== undefined) throw usage(`--${flag} goes with files: leave it out with -n and -A`, 'review')
  const { output = [] } = options as Options // the program declares it so
  const beside = output.find(one => /^(sarif|github)(=|$)/.test(one))
  if (beside !== undefined)
    throw usage(`-o ${printable(beside)} shows findings beside lines of files: a cluster has none, use text, json or junit`, 'review')
}

interface Options {
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly kubeconfig?: string
  readonly context?: string
  readonly output?: readonly string[]
  readonly rule?: readonly string[]
  readonly minSeverity?: Severity
  readonly fix?: boolean
  readonly diff?: boolean
  readonly ignore?: readonly string[]
  readonly policy?: readonly string[]
  readonly failOnWarn?: boolean
}

/** Formats that are one whole document: nothing else may stand beside them. */
const WHOLE: readonly ReportFormat[] = ['json', 'sarif', 'junit']

interface ReportTargetsOptions {
  /** Standard output is for a diff. */
  readonly isDiff?: boolean
  /** What is read, and so not written over. */
  readonly paths?: readonly string[]
}

/** The reports of -o, at most one whole document on standard output. Throws UsageError. */
export function reportTargets(
  texts: readonly string[],
  { isDiff = false, paths = [] }: ReportTargetsOptions = {},
): readonly ReportTarget[] {
  const targets = texts.map(target)
  const shown = targets.filter(({ file }) => file === undefined).map(({ format }) => format)
  const whole = shown.find(format => WHOLE.includes(format))
  if (isDiff && shown.some(format => format !== 'text'))
    throw usage(`--diff needs standard output for itself: give ${shown.find(format => format !== 'text')} a file`, 'review')
  if (whole !== undefined && shown.length > 1)
    throw usage(`-o ${whole} needs standard output for itself: give ${whole}=FILE, or all others a file`, 'review')
  const files = targets.flatMap(({ file }) => (file === undefined ? [] : [resolve(file)]))
  const twice = targets.find(({ file }) => file !== undefined && files.filter(one => one === resolve(file)).length > 1)
  if (twice?.file !== undefined) throw usage(`-o names ${printable(twice.file)} twice: each report needs a file of its own`, 'review')
  const read = paths.find(path => files.includes(resolve(path)))
  if (read !== undefined) throw usage(`-o would write over ${printable(read)}, which is to be reviewed`, 'review')
  return targets
}

function target(text: string): ReportTarget {
  const [name = '', ...rest] = text.split('=')
  const format = REPORT_FORMATS.find(known => known === name)
  if (format === undefined)
    throw usage(`-o ${printable(text, 60)}: expected one of ${REPORT_FORMATS.join(', ')}${guess(name, REPORT_FORMATS)}`, 'review')
  if (rest.length === 0) return { format, file: undefined }
  const file = rest.join('=')
  if (file === '') throw usage(`-o ${format}= names no file`, 'review')
  return { format, file: file === STDIN || file === '/dev/stdout' ? undefined : file } // a socket cannot be opened by that name
}

function known(name: string): string {
  const names = RULES.map(rule => rule.name)
  if (names.includes(name)) return name
  throw unknownRule(name, names)
}

/** That there is no rule of that name. */
export function unknownRule(name: string, names: readonly string[]): UsageError {
  return new UsageError([`error: unknown rule '${printable(name, 60)}'${guess(name, names)}`, `The rules: ${names.join(', ')}.`])
}

function guess(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates)
  return near === undefined ? '' : `, did you mean ${near}?`
}
