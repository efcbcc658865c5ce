import type { CatalogueRow, CatalogueRows } from '../catalogue.ts'
import { printable } from '../printable.ts'
import { alternatives, conditionsText, containerNames, exitText, markText, portText, PROOF_WORDS, wayText } from './catalogue-words.ts'
import type { Paint } from './style.ts'
import { table } from './table.ts'

/** The known sidecars, a line each. */
export function catalogueText(rows: CatalogueRows, paint: Paint): string {
  const written: string[] = []
  const list = table(['NAME', 'TITLE', 'CONTAINERS', 'WAYS'], { write: text => written.push(text), paint, page: Number.POSITIVE_INFINITY })
  for (const [id, row] of Object.entries(rows).sort(([a], [b]) => (a < b ? -1 : 1)))
    list.row([printable(id), printable(row.title), printable(containerNames(row).join(', ')), waysSummary(row)])
  list.flush()
  return written.join('') || 'No sidecars are known.\n'
}

// Each kind once, with the exit codes that it may have: exec (exit 0), TERM (exit 0 or 143), complete.
function waysSummary({ ways }: CatalogueRow): string {
  const kinds = Map.groupBy(ways, way => (way.way === 'signal' ? way.signal : way.way))
  const known = [...kinds].map(([kind, ways]) => {
    const exits = [...new Set(ways.flatMap(({ exit }) => exit ?? []))].map(String)
    return exits.length === 0 ? kind : `${kind} (exit ${alternatives(exits)})`
  })
  return [...known, 'complete'].join(', ')
}

/** All that is known of one sidecar. */
export function catalogueRowText(id: string, row: CatalogueRow, paint: Paint): string {
  const sections: readonly (readonly [string, string])[] = [
    ['Recognised by a name together with an image or a mark', fields(recognition(row))],
    ['Ways, in order', ways(row)],
    ['How it ends', fields(ending(row))],
    ['Native sidecar', fields(native(row))],
    ['Kept out of a pod', fields(optOut(row))],
    ['Notes', bullets(row.notes)],
    ['Sources', bullets(row.sources)],
  ]
  const text = sections.filter(([, lines]) => lines !== '').map(([heading, lines]) => `${paint('heading', heading)}\n${lines}`)
  return [`${paint('heading', printable(row.title))} (${printable(id)})\n`, ...text].join('\n')
}

/** A field that has several values has a line for each, and none when it has no value. */
type Field = readonly [name: string, ...values: readonly string[]]

function recognition(row: CatalogueRow): readonly Field[] {
  return [
    ['Names', ...containerNames(row)],
    ['Images', ...orNone(row.images)],
    ['Marks', ...orNone(row.marks.map(markText))],
  ]
}

function orNone(values: readonly string[]): readonly string[] {
  return values.length === 0 ? ['none'] : values
}

function ways({ ways }: CatalogueRow): string {
  const known = ways.map((way, index) => `  ${index + 1}. ${printable(wayText(way), 400)}\n${fields(wayFields(way), 5)}`)
  if (ways.some(({ way }) => way === 'signal')) return known.join('')
  return `${known.join('')}  ${ways.length === 0 ? '' : 'Else '}TERM, or the container's lifecycle.stopSignal; nobody knows its exit code\n`
}

function wayFields(way: CatalogueRow['ways'][number]): readonly Field[] {
  const { when, unless, since, proof, source } = way
  return [
    ['When', ...(when.length === 0 ? [] : [conditionsText(when, 'and')])],
    ['Unless', ...(unless.length === 0 ? [] : [conditionsText(unless, 'or')])],
    ['Port', ...('port' in way && way.port ? [portText(way.port)] : [])],
    ['Exit', exitText(way)],
    ['Since', ...(since === undefined ? [] : [since])],
    ['Proof', `${proof}: ${PROOF_WORDS[proof]}`],
    ['Source', ...(source === undefined ? [] : [source])],
  ]
}

function ending({ doubts, last, endsItself, drainSeconds, distroless }: CatalogueRow): readonly Field[] {
  return [
    ['Doubts', ...(doubts.length === 0 ? [] : [`no exit code is certain when ${conditionsText(doubts, 'or')}`])],
    ['Turn', ...(last ? ['last: it is the network of the others'] : [])],
    ['By itself', ...(endsItself ? [selfEnding(endsItself)] : [])],
    ['Drains', ...(drainSeconds === undefined ? [] : [`up to ${drainSeconds} s`])],
    ['Shell', ...(distroless === undefined ? [] : [distroless ? 'none in its usual image, and no kill' : 'in its usual image'])],
  ]
}

function selfEnding({ withinSeconds, when }: NonNullable<CatalogueRow['endsItself']>): string {
  const condition = when.length === 0 ? '' : `, when ${conditionsText(when, 'and')}`
  return `within ${withinSeconds} s after all other containers have ended${condition}`
}

function native({ native }: CatalogueRow): readonly Field[] {
  if (!native) return [['Switch', 'none is known; one that is written by hand belongs to initContainers, with restartPolicy: Always']]
  return [
    ['Since', native.since],
    ['By default', ...(native.byDefault === undefined ? [] : [native.byDefault])],
    ['Annotation', ...Object.entries(native.annotations).map(([key, value]) => `${key}: "${value}"`)],
    ['Note', ...(native.note === undefined ? [] : [native.note])],
    ['Source', ...(native.source === undefined ? [] : [native.source])],
  ]
}

function optOut({ optOut }: CatalogueRow): readonly Field[] {
  if (!optOut) return []
  const lines = (pairs: Readonly<Record<string, string>>) => Object.entries(pairs).map(([key, value]) => `${key}: "${value}"`)
  return [
    ['Annotation', ...lines(optOut.annotations)],
    ['Label', ...lines(optOut.labels)],
    ['Source', ...(optOut.source === undefined ? [] : [optOut.source])],
  ]
}

function fields(all: readonly Field[], indent = 2): string {
  const used = all.filter(([, ...values]) => values.length > 0)
  const width = Math.max(...used.map(([name]) => name.length)) + 1
  return used.flatMap(([name, ...values]) => values.map((value, index) => fieldLine(index === 0 ? `${name}:` : '', value))).join('')

  function fieldLine(label: string, value: string): string {
    return `${' '.repeat(indent)}${label.padEnd(width)}  ${printable(value, MAX_LINE)}\n`
  }
}

function bullets(lines: readonly string[]): string {
  return lines.map(line => `  - ${printable(line, MAX_LINE)}\n`).join('')
}

const MAX_LINE = 1_000
