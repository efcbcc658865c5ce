import type { CatalogueRows } from '../catalogue.ts'
import type { CatalogueConfig } from '../config.ts'
import { EXIT } from '../exit.ts'
import { nearest } from '../nearest.ts'
import { printable } from '../printable.ts'
import { alternatives } from '../report/catalogue-words.ts'
import { catalogueRowText, catalogueText } from '../report/catalogue.ts'
import { jsonLine } from '../report/json.ts'
import { painter } from '../report/style.ts'
import type { Terminal } from '../terminal.ts'
import { UsageError } from '../usage.ts'
import { readCatalogue } from './compiled.ts'

/** Prints the known sidecars, or all that is known of one. */
export async function catalogueCommand({ name, settings, output }: CatalogueConfig, { out }: Terminal): Promise<number> {
  const { rows: builtIn } = await readCatalogue()
  const rows = { ...builtIn, ...settings.catalogue }
  const paint = painter(output.color)
  if (name === undefined) {
    const lines = Object.entries(rows).map(([id, row]) => jsonLine({ kind: 'sidecar', id, ...row }))
    out(output.format === 'json' ? lines.join('') : catalogueText(rows, paint))
    return EXIT.fine
  }
  const row = Object.hasOwn(rows, name) ? rows[name] : undefined
  if (row === undefined) throw unknownSidecar(name, rows)
  out(output.format === 'json' ? jsonLine({ kind: 'sidecar', id: name, ...row }) : catalogueRowText(name, row, paint))
  return EXIT.fine
}

// People know a sidecar by its container's name.
function unknownSidecar(name: string, rows: CatalogueRows): UsageError {
  const named = Object.keys(rows).filter(id => rows[id]?.names.includes(name))
  const guess = named.length > 0 ? alternatives(named) : nearest(name, Object.keys(rows))
  return new UsageError([
    `error: unknown sidecar '${printable(name, 60)}'${guess === undefined ? '' : `, did you mean ${guess}?`}`,
    "See 'sidecar-reaper catalogue'.",
  ])
}
