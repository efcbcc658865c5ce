import type { Summary } from '../outcome.ts'
import { printable } from '../printable.ts'
import type { Paint } from './style.ts'

export interface ClosingOptions {
  readonly paint: Paint
  readonly isDryRun: boolean
  /** Warnings that there were too many of. */
  readonly unshown: number
}

/** What ends a report: what is wrong with pods, what could not be seen, why the sweep stopped, and the counts. A sweep without a summary broke off, which standard error says. */
export function closingText(
  summary: Summary | undefined,
  warnings: readonly string[],
  { paint, isDryRun, unshown }: ClosingOptions,
): string {
  const lines = [
    ...warnings,
    ...(unshown > 0 ? [`${unshown} more about pods; -o json has them all`] : []),
    ...(summary?.limits.map(limit => printable(limit, 400)) ?? []),
  ]
  const stopped = summary?.stopped == null ? '' : `${paint('bad', 'stopped:')} ${printable(summary.stopped, 400)}\n`
  const notes = lines.map(line => `${paint('notable', 'warning:')} ${line}\n`).join('')
  return `${notes}${stopped}${summary === undefined ? '' : `${summaryText(summary, isDryRun)}\n`}`
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
