import type { Quantity, Row, Target } from '../measure.ts'

const HEAD = ['PART', 'MEASURED', 'VALUE', 'REFERENCE', 'ITS VALUE', 'RATIO', 'TARGET', 'VERDICT']
const RIGHT = new Set(['VALUE', 'ITS VALUE', 'RATIO'])

/** The rows as aligned text, with a head. */
export function table(rows: readonly Row[]): string {
  const lines = [HEAD, ...rows.map(cells)]
  const widths = HEAD.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)))
  return lines
    .map(
      line =>
        `${line
          .map((cell, column) => padded(cell, column, widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function padded(cell: string, column: number, width: number): string {
  return RIGHT.has(HEAD[column] ?? '') ? cell.padStart(width) : cell.padEnd(width)
}

function cells({ part, what, value, reference, ratio, target, isMet }: Row): readonly string[] {
  return [
    part,
    what,
    quantity(value),
    reference?.what ?? '-',
    reference ? quantity(reference) : '-',
    ratio === null ? '-' : ratio.toFixed(2),
    target ? limit(target, value) : '-',
    isMet === null ? '-' : isMet ? 'met' : 'short',
  ]
}

function limit({ of, limit, bound }: Target, { unit }: Quantity): string {
  return of === 'ratio' ? `${bound} ${limit} times` : `${bound} ${quantity({ amount: limit, unit })}`
}

/** A number of three digits, or a whole one, with its unit: 81,200 /s, 0.84 s, 0.84 s (worst 2.10). */
export function quantity({ amount, worst, unit }: Quantity): string {
  return `${digits(amount)} ${unit}${worst === undefined ? '' : ` (worst ${digits(worst)})`}`
}

function digits(amount: number): string {
  const places = Math.abs(amount) >= 100 || Number.isInteger(amount) ? 0 : Math.abs(amount) >= 10 ? 1 : 2
  return amount.toLocaleString('en-US', { minimumFractionDigits: places, maximumFractionDigits: places })
}
