import type { Outcome, Summary, SweepRecord, VerdictRecord } from '../outcome.ts'
import { printable } from '../printable.ts'
import type { Reporter } from './reporter.ts'
import { steps } from './steps.ts'
import type { Meaning, Paint } from './style.ts'
import { type Cell, table } from './table.ts'

export interface TextReportOptions {
  readonly write: (text: string) => void
  readonly paint: Paint
  /** Shows which namespace each pod is in. */
  readonly hasNamespaces: boolean
  /** Changes only the words of the summary: nothing was done. */
  readonly isDryRun: boolean
}

const MAX_WARNINGS = 20

/**
 * A sweep as a table for people, then its summary. A pod that is ended has one row, when its outcome is known; a pod
 * that is left alone has none and is only counted.
 */
export function textReport({ write, paint, hasNamespaces, isDryRun }: TextReportOptions): Reporter {
  const rows = table([...(hasNamespaces ? ['NAMESPACE'] : []), 'POD', 'RESULT', 'WAY', 'MESSAGE'], { write, paint })
  const ending = new Map<string, VerdictRecord>()
  const warnings: string[] = []
  let warned = 0
  let summary: Summary | undefined

  const row = (pod: { readonly namespace: string; readonly pod: string }, result: Cell, way: string, message: string) =>
    rows.row([...(hasNamespaces ? [printable(pod.namespace)] : []), printable(pod.pod), result, way, message])

  const verdict = (record: VerdictRecord) => {
    for (const warning of record.warnings)
      if (++warned <= MAX_WARNINGS) warnings.push(`${printable(record.namespace)}/${printable(record.pod)}: ${printable(warning.message)}`)
    if (record.decision === 'end') ending.set(record.uid, record)
    else if (record.decision !== 'leave') row(record, word(record.decision === 'wait' ? 'waiting' : 'refused'), '-', printable(record.message, 400))
  }
  const outcome = (record: Outcome) => {
    const judged = ending.get(record.uid)
    ending.delete(record.uid)
    row(record, word(record.result), record.way ?? '-', record.result === 'reported' && judged ? intention(judged) : outcomeMessage(record))
  }

  return {
    record(record: SweepRecord) {
      if (record.kind === 'verdict') verdict(record)
      else if (record.kind === 'outcome') outcome(record)
      else summary = record
    },
    end() {
      for (const judged of ending.values()) row(judged, word('waiting'), '-', `not tried in this sweep: ${printable(judged.message, 400)}`)
      rows.flush()
      write(closing(summary, warnings, { paint, isDryRun, unshown: warned - warnings.length }))
    },
  }
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  ended: 'good',
  reported: 'notable',
  refused: 'notable',
  reverted: 'bad',
  failed: 'bad',
  abandoned: 'bad',
  vanished: 'quiet',
  waiting: 'quiet',
}

function word(result: string): Cell {
  return { text: result, meaning: MEANINGS[result] ?? 'plain' }
}

/** What would have been done. */
function intention(verdict: VerdictRecord): string {
  const planned = steps(verdict)
  if (planned.length === 0) return printable(verdict.message, 400)
  return `would ${planned.join(', ')}${verdict.complete === 'first' ? '' : `; the pod becomes ${verdict.after ?? 'Unknown'}`}`
}

function outcomeMessage({ containers, tried, seconds, result }: Outcome): string {
  const exits = containers.map(({ name, exit }) => `${printable(name)} ${exit === null ? 'has no exit code' : `exit ${exit}`}`)
  const attempts = tried.map(({ way, container, error }) => `${way}${container === null ? '' : ` of ${printable(container)}`}: ${printable(error)}`)
  const told = result === 'ended' ? [...exits, ...attempts.map(attempt => `after ${attempt}`)] : [...attempts, ...exits]
  return `${told.join(', ') || 'no container was left'} (${seconds.toFixed(1)} s)`
}

interface ClosingOptions {
  readonly paint: Paint
  readonly isDryRun: boolean
  /** Warnings that there were too many of. */
  readonly unshown: number
}

function closing(summary: Summary | undefined, warnings: readonly string[], { paint, isDryRun, unshown }: ClosingOptions): string {
  const lines = [...warnings, ...(unshown > 0 ? [`${unshown} more about pods; -o json has them all`] : []), ...(summary?.limits.map(limit => printable(limit, 400)) ?? [])]
  const notes = lines.map(line => `${paint('notable', 'warning:')} ${line}\n`).join('')
  return `${notes}${summary === undefined ? 'The sweep did not come to its end.' : summaryText(summary, isDryRun)}\n`
}

/** The counts in a sentence or two; what is none is not named. */
export function summaryText(summary: Summary, isDryRun: boolean): string {
  const { pods, ended, reported, refused, failed, waiting, left } = summary
  const counts: readonly (readonly [number, string])[] = [
    [ended, 'ended'],
    [reported, isDryRun ? 'would be ended' : 'reported only'],
    [refused, 'refused'],
    [failed, 'failed'],
    [waiting, 'waiting'],
    [left, 'left alone (not shown)'],
  ]
  const named = counts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`)
  const sentence = `${pods} ${pods === 1 ? 'pod' : 'pods'} judged${named.length > 0 ? `: ${named.join(', ')}` : ''}.`
  return isDryRun ? `${sentence} Dry run: nothing was changed.` : sentence
}
