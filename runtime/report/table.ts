import type { Meaning, Paint } from './style.ts'

/** A cell's text, with its meaning when that has a colour. */
export type Cell = string | { readonly text: string; readonly meaning: Meaning }

export interface TableOptions {
  readonly write: (text: string) => void
  readonly paint: Paint
  /** Rows that decide the widths before the first is printed. Default 100. */
  readonly page?: number
}

/** Rows as aligned columns, as they come. */
export interface Table {
  row(cells: readonly Cell[]): void
  /** Prints what is held back. */
  flush(): void
}

// A longer name makes its own row crooked, not the whole table wide.
const MAX_WIDTH = 80
const GAP = '   '

/** A table like kubectl's: the first page of rows decides the widths, longer cells later push their row to the right; no row, no header. */
export function table(header: readonly string[], { write, paint, page = 100 }: TableOptions): Table {
  const held: (readonly Cell[])[] = []
  let widths: readonly number[] | undefined
  const print = (rows: readonly (readonly Cell[])[], columns: readonly number[]) => write(rows.map(cells => rowText(cells, columns, paint)).join(''))
  const flush = () => {
    if (held.length === 0) return
    const isFirst = widths === undefined
    const rows = isFirst ? [header, ...held] : held
    widths ??= columnWidths(rows)
    print(rows, widths)
    held.length = 0
  }
  return {
    row(cells) {
      held.push(cells)
      if (widths !== undefined || held.length >= page) flush()
    },
    flush,
  }
}

function columnWidths(rows: readonly (readonly Cell[])[]): readonly number[] {
  const columns = rows[0]?.length ?? 0
  return Array.from({ length: columns }, (_, column) => Math.min(MAX_WIDTH, Math.max(...rows.map(cells => cellText(cells[column] ?? '').length))))
}

function rowText(cells: readonly Cell[], widths: readonly number[], paint: Paint): string {
  const last = cells.length - 1
  const texts = cells.map((cell, column) => {
    const text = cellText(cell)
    const gap = column === last ? '' : ' '.repeat(Math.max(0, (widths[column] ?? 0) - text.length)) + GAP
    return (typeof cell === 'string' ? text : paint(cell.meaning, text)) + gap
  })
  return `${texts.join('').trimEnd()}\n`
}

function cellText(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.text
}
