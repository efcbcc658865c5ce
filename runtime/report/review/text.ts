import { fieldPath } from '../../../generator/pointer.ts'
import { printable } from '../../printable.ts'
import type { Severity } from '../../review.ts'
import type { FindingRecord, Remark, ReviewSummary } from '../../review/record.ts'
import type { Meaning, Paint } from '../style.ts'
import type { ReviewReporter } from './reporter.ts'

const MEANINGS: Readonly<Record<Severity, Meaning>> = { error: 'bad', warning: 'notable', info: 'quiet' }

/** A review for people, and for editors that follow `FILE:LINE:COLUMN:`. */
export function reviewText({ write, paint }: { readonly write: (text: string) => void; readonly paint: Paint }): ReviewReporter {
  return {
    file: ({ findings }) => write(findings.map(finding => findingText(finding, paint)).join('')),
    end: summary => write(`${summaryText(summary)}\n`),
  }
}

function findingText(finding: FindingRecord, paint: Paint): string {
  const { source, build, message, rule, fix, fixed, exception } = finding
  const lines = [`${paint('heading', placeText(finding))}: ${wordOf(finding, paint)}: ${printable(message, 1000)} (${rule})`]
  if (source !== null) lines.push(`    in ${printable(source)}`)
  if (build !== null) lines.push(`    as kustomize builds it in ${printable(build)}`)
  if (exception)
    lines.push(
      `    because: ${printable(exception.reason, 1000)}${exception.until === null ? '' : `, until ${printable(exception.until)}`}`,
    )
  else if (!fixed) lines.push(`    fix: ${printable(fix.text, 1000)}`)
  return lines.map(line => `${line}\n`).join('')
}

/** Where a finding is: a line of a file, or a field of an object in a cluster. */
export function placeText({ file, line, column, path }: FindingRecord): string {
  const name = printable(file, 4096)
  if (line !== null) return `${name}:${line}:${column}`
  return path.length === 0 ? name : `${name} ${printable(fieldPath(path), 500)}`
}

function wordOf({ severity, fixed, exception }: FindingRecord, paint: Paint): string {
  if (fixed) return paint('good', 'fixed')
  return exception ? paint('quiet', 'excepted') : paint(MEANINGS[severity], severity)
}

/** A remark as one line for standard error. */
export function remarkText({ kind, file, place, message }: Remark): string {
  const at = place === null ? '' : `:${place.line}:${place.column}`
  return `${printable(file, 4096)}${at}: ${kind === 'problem' ? 'error' : 'note'}: ${printable(message, 1000)}\n`
}

function summaryText({ files, manifests, error, warning, info, fixed, excepted, problems }: ReviewSummary): string {
  const counts = [
    counted(error, 'error'),
    counted(warning, 'warning'),
    counted(info, 'info'),
    ...(fixed > 0 ? [`${fixed} fixed`] : []),
    ...(excepted > 0 ? [`${excepted} excepted`] : []),
    ...(problems > 0 ? [`${problems} not reviewed`] : []),
  ]
  return `${counted(manifests, 'object')}${files === 0 ? '' : ` in ${counted(files, 'file')}`} reviewed: ${counts.join(', ')}.`
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
