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
} {
  const { output, rule = [], minSeverity, ignore = [], failOnWarn, fix, diff } = options as unknown as Options // the program declares these, with no other types
  if ((fix || diff) && paths.includes(STDIN))
    throw usage(`${diff ? '--diff' : '--fix'} needs files: there is nothing to mend in standard input`, 'review')
  const rules = rule.map(known)
  return {
    reports: reportTargets(output ?? ['text'], diff === true),
    ignore,
    selection: { rules, minSeverity: minSeverity ?? 'info' },
    failOnWarn: failOnWarn === true,
    fix: diff ? 'diff' : fix ? 'write' : 'no',
    // An info may be as it is meant: such a Job does complete where a reaper runs.
    toFix: { rules, minSeverity: minSeverity ?? (rules.length > 0 ? 'info' : 'warning') },
  }
}

interface Options {
  readonly output?: readonly string[]
  readonly rule?: readonly string[]
  readonly minSeverity?: Severity
  readonly fix?: boolean
  readonly diff?: boolean
  readonly ignore?: readonly string[]
  readonly failOnWarn?: boolean
}

/** Formats that are one whole document: nothing else may stand beside them. */
const WHOLE: readonly ReportFormat[] = ['json', 'sarif', 'junit']

function reportTargets(texts: readonly string[], isDiff: boolean): readonly ReportTarget[] {
  const targets = texts.map(target)
  const shown = targets.filter(({ file }) => file === undefined).map(({ format }) => format)
  const whole = shown.find(format => WHOLE.includes(format))
  if (isDiff && shown.some(format => format !== 'text'))
    throw usage(`--diff needs standard output for itself: give ${shown.find(format => format !== 'text')} a file`, 'review')
  if (whole !== undefined && shown.length > 1)
    throw usage(`-o ${whole} needs standard output for itself: give ${whole}=FILE, or all others a file`, 'review')
  const files = targets.flatMap(({ file }) => file ?? [])
  const twice = files.find((file, index) => files.indexOf(file) !== index)
  if (twice !== undefined) throw usage(`-o names ${printable(twice)} twice: each report needs a file of its own`, 'review')
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
  return { format, file }
}

function known(name: string): string {
  const names = RULES.map(rule => rule.name)
  if (names.includes(name)) return name
  throw new UsageError([`error: unknown rule '${printable(name, 60)}'${guess(name, names)}`, `The rules: ${names.join(', ')}.`])
}

function guess(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates)
  return near === undefined ? '' : `, did you mean ${near}?`
}
