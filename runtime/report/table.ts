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
  /** Makes room for a row that is to come. */
  reserve(cells: readonly Cell[]): void
  /** Prints what is held back. */
  flush(): void
}

// A longer name makes its own row crooked, not the whole table wide.
const MAX_WIDTH = 80
const GAP = '   '

/** A table like kubectl's: the first page of rows decides the widths, longer cells later push their row to the right; no row, no header. */
export function table(header: readonly string[], { write, paint, page = 100 }: TableOptions): Table {
  const held: (readonly Cell[])[] = []
  let widths = widened([], header)
  let isBegun = false
  const flush = () => {
    if (held.length === 0) return
    const rows = isBegun ? held : [header, ...held]
    write(rows.map(cells => rowText(cells, widths, paint)).join(''))
    isBegun = true
    held.length = 0
  }
  const reserve = (cells: readonly Cell[]) => {
    if (!isBegun) widths = widened(widths, cells)
  }
  return {
    reserve,
    row(cells) {
      reserve(cells)
      held.push(cells)
      if (isBegun || held.length >= page) flush()
    },
    flush,
  }
}

function widened(widths: readonly number[], cells: readonly Cell[]): readonly number[] {
  return cells.map((cell, column) => Math.min(MAX_WIDTH, Math.max(widths[column] ?? 0, cellText(cell).length)))
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
