import type { CatalogueRow, CatalogueRows } from '../catalogue.ts'
import { printable } from '../printable.ts'
import type { Paint } from './style.ts'
import { table } from './table.ts'

/** The known sidecars, a line each. */
export function catalogueText(rows: CatalogueRows, paint: Paint): string {
  const written: string[] = []
  const list = table(['NAME', 'TITLE', 'CONTAINERS', 'WAYS'], { write: text => written.push(text), paint, page: Number.POSITIVE_INFINITY })
  for (const [id, row] of Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)))
    list.row([printable(id), printable(row.title), row.names.map(name => printable(name)).join(', '), waysSummary(row)])
  list.flush()
  return written.join('') || 'No sidecars are known.\n'
}

/** All that is known of one sidecar. */
export function catalogueRowText(id: string, row: CatalogueRow, paint: Paint): string {
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Container names', row.names],
    ['Images end in', row.images],
    ['Marks on the pod or its namespace', row.marks.map(markText)],
    ['Ways', row.ways.map(wayText)],
    ['Sources', row.sources],
  ]
  const text = sections.map(([heading, lines]) => `${paint('heading', heading)}\n${bullets(lines)}`)
  return [`${paint('heading', printable(row.title))} (${printable(id)})\n`, ...text].join('\n')
}

function waysSummary({ ways }: CatalogueRow): string {
  return [...ways.map(({ way, exit }) => `${way}${exit === undefined ? '' : ` (exit ${exit})`}`), 'complete'].join(', ')
}

function markText(mark: CatalogueRow['marks'][number]): string {
  const [kind, key] =
    'annotation' in mark
      ? ['annotation', mark.annotation]
      : 'label' in mark
        ? ['label', mark.label]
        : ['label of the namespace', mark.namespaceLabel]
  return `${kind} ${key}${mark.value === undefined ? '' : `: ${mark.value}`}`
}

function wayText({ signal, exit }: CatalogueRow['ways'][number]): string {
  return `signal ${signal}: ${exit === undefined ? 'nobody knows its exit code' : `exits with ${exit}`}`
}

function bullets(lines: readonly string[]): string {
  return lines.length === 0 ? '  none\n' : lines.map(line => `  - ${printable(line, 400)}\n`).join('')
}
