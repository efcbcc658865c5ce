import { nearest } from '../nearest.ts'
import { printable } from '../printable.ts'
import type { Severity } from '../review.ts'
import type { Selection } from '../review/file-review.ts'
import { RULES } from '../review/rules.ts'
import { UsageError } from '../usage.ts'
import { usage } from './arguments.ts'
import { REPORT_FORMATS } from './program.ts'

export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** A report on standard output. */
export interface ReportTarget {
  readonly format: ReportFormat
}

/** What a review is asked for by its flags. Throws UsageError. */
export function reviewOptions(options: Readonly<Record<string, unknown>>): {
  readonly reports: readonly ReportTarget[]
  readonly ignore: readonly string[]
  readonly selection: Selection
  readonly failOnWarn: boolean
} {
  const { output, rule = [], minSeverity, ignore = [], failOnWarn } = options as unknown as Options // the program declares these, with no other types
  return {
    reports: reportTargets(output ?? ['text']),
    ignore,
    selection: { rules: rule.map(known), minSeverity },
    failOnWarn: failOnWarn === true,
  }
}

interface Options {
  readonly output?: readonly string[]
  readonly rule?: readonly string[]
  readonly minSeverity: Severity
  readonly ignore?: readonly string[]
  readonly failOnWarn?: boolean
}

/** Formats that are one whole document: nothing else may stand beside them. */
const WHOLE: readonly ReportFormat[] = ['json']

function reportTargets(texts: readonly string[]): readonly ReportTarget[] {
  const targets = texts.map(target)
  const shown = targets.map(({ format }) => format)
  const whole = shown.find(format => WHOLE.includes(format))
  if (whole !== undefined && shown.length > 1) throw usage(`-o ${whole} needs standard output for itself`, 'review')
  return targets
}

function target(text: string): ReportTarget {
  const format = REPORT_FORMATS.find(known => known === text)
  if (format === undefined)
    throw usage(`-o ${printable(text, 60)}: expected one of ${REPORT_FORMATS.join(', ')}${guess(text, REPORT_FORMATS)}`, 'review')
  return { format }
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
