import type { CatalogueRow, Condition, Port } from '../catalogue.ts'

// What the rows of the catalogue say, in the words of the terminal and of docs/catalogue.md.

type Way = CatalogueRow['ways'][number]

/** What proves a way, as a clause. */
export const PROOF_WORDS: Readonly<Record<Way['proof'], string>> = {
  program: 'the real program was run',
  protocol: 'a stand-in that speaks its documented protocol was run',
  documented: 'its source or documentation says so; it was not run',
}

/** How its containers are called; a name that only begins so ends in an asterisk. */
export function containerNames({ names, prefixes }: CatalogueRow): readonly string[] {
  return [...names, ...prefixes.map(prefix => `${prefix}*`)]
}

/** @example markText({ label: 'linkerd.io/inject', value: 'enabled' }) // 'label linkerd.io/inject: enabled' */
export function markText(mark: CatalogueRow['marks'][number]): string {
  const [kind, key] =
    'annotation' in mark
      ? ['annotation', mark.annotation]
      : 'label' in mark
        ? ['label', mark.label]
        : ['label of the namespace', mark.namespaceLabel]
  return `${kind} ${key}${mark.value === undefined ? '' : `: ${mark.value}`}`
}

/** What is done, without its conditions. @example wayText(row.ways[0]) // 'http POST localhost:{port}/quitquitquit' */
export function wayText(way: Way): string {
  switch (way.way) {
    case 'exec':
      return `exec ${way.argv.join(' ')}`
    case 'http':
      return `http ${way.method} localhost:{port}${way.path}`
    case 'signal':
      return `signal ${way.signal}`
  }
}

export function exitText({ exit }: Way): string {
  return exit === undefined ? 'unknown' : String(exit)
}

/** @example alternatives(['true', 't', '1']) // 'true, t or 1' */
export function alternatives(values: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(values)
}

/** How the name of an option is written. */
export type Quote = (option: string) => string

/** @example conditionsText([{ flag: 'quit', env: 'QUIT', is: ['true', '1'] }], 'and') // '--quit or $QUIT is true or 1' */
export function conditionsText(conditions: readonly Condition[], joint: 'and' | 'or', quote?: Quote): string {
  return conditions.map(condition => conditionText(condition, quote)).join(`, ${joint} `)
}

function conditionText(condition: Condition, quote?: Quote): string {
  const { is, default: fallback } = condition
  const option = alternatives(places(condition, quote))
  if (is === undefined) return `${option} is set${fallback === undefined ? '' : `, as it is by default`}`
  const hint = fallback === undefined ? '' : is.includes(fallback.toLowerCase()) ? ', the default' : `; the default is ${fallback}`
  return `${option} is ${alternatives(is)}${hint}`
}

/** Where the port is read. @example portText({ flag: 'admin-port', default: 9091 }) // '--admin-port, else 9091' */
export function portText(port: Port, quote?: Quote): string {
  return [...places(port, quote), ...(port.default === undefined ? [] : [String(port.default)])].join(', else ')
}

function places({ flag, env, annotation }: Condition | Port, quote: Quote = option => option): readonly string[] {
  return [
    ...(flag === undefined ? [] : [quote(`--${flag}`)]),
    ...(env === undefined ? [] : [quote(`$${env}`)]),
    ...(annotation === undefined ? [] : [`annotation ${quote(annotation)}`]),
  ]
}
