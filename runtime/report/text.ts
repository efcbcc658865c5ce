import { hasSurprised, type Outcome, type Summary, type SweepRecord, type VerdictRecord } from '../outcome.ts'
import { printable } from '../printable.ts'
import type { Reporter } from './reporter.ts'
import { firstWay, steps } from './steps.ts'
import type { Meaning, Paint } from './style.ts'
import { closingText } from './summary.ts'
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

  const place = (of: { readonly namespace: string; readonly pod: string }) => [
    ...(hasNamespaces ? [printable(of.namespace)] : []),
    printable(of.pod),
  ]
  const row = (of: VerdictRecord | Outcome, result: Cell, way: string, message: string) => rows.row([...place(of), result, way, message])

  const verdict = (record: VerdictRecord) => {
    for (const warning of record.warnings)
      if (++warned <= MAX_WARNINGS) warnings.push(`${printable(record.namespace)}/${printable(record.pod)}: ${printable(warning.message)}`)
    // It may be its second: then the pod changed before anything was done to it.
    ending.delete(record.uid)
    if (record.decision === 'end') {
      ending.set(record.uid, record)
      rows.reserve([...place(record), 'reported', 'complete', ''])
    } else if (record.decision !== 'leave')
      row(record, word(record.decision === 'wait' ? 'waiting' : 'refused'), '-', printable(record.message, 400))
  }
  const outcome = (record: Outcome) => {
    const judged = ending.get(record.uid)
    ending.delete(record.uid)
    if (record.result === 'reported' && judged) row(record, word(record.result), firstWay(judged) ?? '-', intention(judged))
    else
      row(
        record,
        hasSurprised(record) ? { text: record.result, meaning: 'bad' } : word(record.result),
        record.way ?? '-',
        outcomeMessage(record),
      )
    rows.flush() // the next one may take a minute
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
      write(closingText(summary, warnings, { paint, isDryRun, unshown: warned - warnings.length }))
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

function outcomeMessage(outcome: Outcome): string {
  const { containers, tried, seconds, result } = outcome
  const exits = containers.map(({ name, exit }) => `${printable(name)} ${exit === null ? 'has no exit code' : `exit ${exit}`}`)
  const attempts = tried.map(
    ({ way, container, error }) =>
      `${[way, container && printable(container)].filter(part => part !== null).join(' of ')}: ${printable(error)}`,
  )
  const surprise = hasSurprised(outcome) ? [`but the pod is ${outcome.phase}, not ${outcome.expected}`] : []
  const told = result === 'ended' ? [...exits, ...surprise, ...attempts.map(attempt => `after ${attempt}`)] : [...attempts, ...exits]
  return `${told.join(', ') || 'no container was left'} (${seconds.toFixed(1)} s)`
}
