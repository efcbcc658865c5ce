import type { FileReview, FindingRecord, Remark } from '../../review/record.ts'
import { placeText } from './text.ts'
import { escaped } from '../xml.ts'
import type { ReviewReporter } from './reporter.ts'

export interface JunitOptions {
  readonly write: (text: string) => void
  /** Warnings are failures too, as they are for the exit code. */
  readonly failOnWarn: boolean
}

/** A review as JUnit XML: a suite for each file, a case for each finding; what does not fail the review is a case that passed, with its text. */
export function reviewJunit({ write, failOnWarn }: JunitOptions): ReviewReporter {
  let hasBegun = false
  const begin = () => {
    if (!hasBegun) write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="sidecar-reaper review">\n')
    hasBegun = true
  }
  return {
    file(review) {
      begin()
      write(suite(review, failOnWarn))
    },
    end() {
      begin()
      write('</testsuites>\n')
    },
  }
}

function suite({ file, findings, remarks }: FileReview, failOnWarn: boolean): string {
  const problems = remarks.filter(({ kind }) => kind === 'problem')
  const failures = findings.filter(finding => isFailure(finding, failOnWarn))
  const cases = [...findings.map(finding => findingCase(finding, failOnWarn)), ...problems.map(problemCase)]
  if (cases.length === 0) cases.push(`    <testcase classname="${escaped(file)}" name="review"/>\n`)
  return `  <testsuite name="${escaped(file)}" tests="${cases.length}" failures="${failures.length}" errors="${problems.length}" skipped="0">\n${cases.join('')}  </testsuite>\n`
}

function isFailure({ severity, fixed, exception }: FindingRecord, failOnWarn: boolean): boolean {
  return !fixed && !exception && (severity === 'error' || (failOnWarn && severity === 'warning'))
}

function findingCase(finding: FindingRecord, failOnWarn: boolean): string {
  const { file, line, source, rule, severity, message, fix, object, fixed, exception } = finding
  const name = [rule, `${object.kind} ${object.name ?? ''}`.trim(), ...(line === null ? [] : [`line ${line}`])].join(': ')
  const lines = [
    `${placeText(finding)}: ${fixed ? 'fixed' : exception ? 'excepted' : severity}: ${message} (${rule})`,
    ...(source === null ? [] : [`in ${source}`]),
    exception ? `because: ${exception.reason}` : `fix: ${fix.text}`,
  ]
  const text = lines.map(escaped).join('\n')
  const inside = isFailure(finding, failOnWarn)
    ? `<failure type="${severity}" message="${escaped(message)}">${text}</failure>`
    : `<system-out>${text}</system-out>`
  return `    <testcase classname="${escaped(file)}" name="${escaped(name)}">${inside}</testcase>\n`
}

function problemCase({ file, place, message }: Remark): string {
  const at = place === null ? '' : `:${place.line}:${place.column}`
  const text = `${file}${at}: ${message}`
  return `    <testcase classname="${escaped(file)}" name="review"><error type="unreadable" message="${escaped(message)}">${escaped(text)}</error></testcase>\n`
}
