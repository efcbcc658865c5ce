import type { CatalogueRow, CatalogueRows, Condition, Port } from './catalogue/schema.ts'

export type { CatalogueRow, CatalogueRows, Condition, Port } from './catalogue/schema.ts'

/** The catalogue as the policy reads it: the rows, and which of them a container can be by its name, image or marks. */
export interface Catalogue {
  readonly rows: CatalogueRows
  readonly by_name: Index
  readonly by_prefix: Index
  readonly by_image: Index
  /** Programs that run another one: {@link WRAPPERS}. */
  readonly wrappers: Readonly<Record<string, true>>
  /** By kind of mark and key: rows, each with the values that count, none for any. */
  readonly by_mark: Readonly<Record<MarkKind, Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>>
}

/** Programs that run another one, and may give it options or end with a code of their own. */
export const WRAPPERS: readonly string[] = [
  'sh ash bash dash ksh mksh zsh fish busybox toybox',
  'env timeout nohup nice ionice setsid stdbuf xargs chroot setpriv su su-exec sudo gosu chpst',
  'tini tini-static dumb-init catatonit s6-svscan python python3 perl ruby node',
].flatMap(words => words.split(' '))

/** Ids of rows, in their own order. */
type Index = Readonly<Record<string, readonly string[]>>
type MarkKind = 'annotation' | 'label' | 'namespaceLabel'

/** Rows to indexes: look-ups by what a container or its pod has instead of a search through every row. */
export function indexCatalogue(rows: CatalogueRows): Catalogue {
  return {
    rows,
    by_name: index(rows, 'names'),
    by_prefix: index(rows, 'prefixes'),
    by_image: index(rows, 'images'),
    wrappers: Object.fromEntries(WRAPPERS.map(program => [program, true])),
    by_mark: {
      annotation: markIndex(rows, 'annotation'),
      label: markIndex(rows, 'label'),
      namespaceLabel: markIndex(rows, 'namespaceLabel'),
    },
  }
}

function index(rows: CatalogueRows, field: 'names' | 'prefixes' | 'images'): Index {
  const ids: Record<string, string[]> = Object.create(null)
  for (const [id, row] of Object.entries(rows)) for (const key of row[field]) (ids[key] ??= []).push(id)
  return ids
}

function markIndex(rows: CatalogueRows, kind: MarkKind): Catalogue['by_mark'][MarkKind] {
  const keys: Record<string, Record<string, string[]>> = Object.create(null)
  const anyValue = new Set<string[]>()
  for (const [id, row] of Object.entries(rows))
    for (const mark of row.marks) {
      const key = kind in mark ? (mark as Readonly<Record<string, string>>)[kind] : undefined // it was just asked for
      if (key === undefined) continue
      const values = ((keys[key] ??= Object.create(null) as Record<string, string[]>)[id] ??= [])
      if (mark.value === undefined) anyValue.add(values)
      else values.push(mark.value)
    }
  for (const values of anyValue) values.length = 0
  return keys
}

/** What the rules read of a row. */
const FIELDS_OF_PODS = ['title', 'ways', 'doubts', 'programs', 'runsArgs', 'wrappedWhen', 'last', 'endsItself', 'drainSeconds'] as const
const FIELDS = { pods: FIELDS_OF_PODS, manifests: [...FIELDS_OF_PODS, 'names', 'native', 'injection', 'optOut'] } as const

/** Only what the rules for live pods or for manifests read: the policy loads it at every start. */
export function leanCatalogue({ rows, ...indexes }: Catalogue, judged: keyof typeof FIELDS): object {
  const lean = Object.entries(rows).map(([id, row]) => {
    const fields = FIELDS[judged].map(field => [field, row[field]])
    return [id, { ...Object.fromEntries(fields), ways: row.ways.map(leanWay) }]
  })
  return { rows: Object.fromEntries(lean), ...indexes }
}

function leanWay({ source: _source, since: _since, proof: _proof, when, unless, ...way }: CatalogueRow['ways'][number]): object {
  return { ...way, ...(when.length > 0 && { when }), ...(unless.length > 0 && { unless }) }
}

/** The keys and names that the rows look at in a pod. */
export interface CatalogueReads {
  readonly annotations: readonly string[]
  readonly labels: readonly string[]
  readonly env: readonly string[]
  /** Flags of which the value counts, which may be the argument after them. */
  readonly valueFlags: readonly string[]
  /** Flags that are on or off. */
  readonly flags: readonly string[]
  /** What a command may begin with. */
  readonly programs: readonly string[]
  /** What may run another program. */
  readonly wrappers: readonly string[]
  readonly images: readonly string[]
}

/** What the rows look at in a pod: their marks, and where the options of their conditions and ports are set. */
export function catalogueReads({ rows, by_image: images, by_mark: marks, wrappers }: Catalogue): CatalogueReads {
  const all = Object.values(rows)
  const conditions = all.flatMap(row => [
    ...row.doubts,
    ...row.wrappedWhen,
    ...(row.endsItself?.when ?? []),
    ...row.ways.flatMap(({ when, unless }) => [...when, ...unless]),
  ])
  const ports = all.flatMap(row => row.ways.flatMap(way => ('port' in way && way.port ? [way.port] : [])))
  const options = [...conditions, ...ports]
  return {
    annotations: [...Object.keys(marks.annotation), ...named(options, 'annotation')],
    labels: Object.keys(marks.label),
    env: named(options, 'env'),
    valueFlags: named([...ports, ...conditions.filter(hasValue)], 'flag'),
    flags: named(conditions, 'flag'),
    programs: all.flatMap(row => row.programs),
    wrappers: Object.keys(wrappers),
    images: Object.keys(images),
  }
}

/** Not on or off, as policies/sidecar/known.rego tells them apart. */
function hasValue({ is }: Condition): boolean {
  return is !== undefined && !is.includes('true') && !is.includes('false')
}

function named(options: readonly (Condition | Port)[], place: 'flag' | 'env' | 'annotation'): readonly string[] {
  return options.flatMap(option => option[place] ?? [])
}
