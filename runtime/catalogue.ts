import * as z from 'zod/mini'

/** Something on the pod or its namespace that shows that a vendor put its sidecar there; without `value` the key alone counts. */
const mark = z.union(
  [
    z.strictObject({ annotation: z.string(), value: z.optional(z.string()) }),
    z.strictObject({ label: z.string(), value: z.optional(z.string()) }),
    z.strictObject({ namespaceLabel: z.string(), value: z.optional(z.string()) }),
  ],
  'one of annotation, label and namespaceLabel',
)

const exitCode = z.int().check(z.minimum(0), z.maximum(255))
const portNumber = z.int().check(z.minimum(1), z.maximum(65_535))
const seconds = z.int().check(z.minimum(1))
const text = z.string().check(
  z.minLength(1),
  z.refine(value => value.isWellFormed(), 'text without halves of characters'),
)
const texts = z.array(z.string()).check(z.minLength(1))

/** One option of the sidecar. The first place that has it counts: the flag in command or args, then env, then the pod's annotation. */
const places = {
  flag: z.optional(
    z
      .string()
      .check(z.regex(/^[^-=\s][^=\s]*$/, "a flag's name without dashes"))
      .check(z.meta({ description: 'Without its dashes: --admin-port is admin-port.' })),
  ),
  env: z.optional(z.string()),
  annotation: z.optional(z.string()),
}

/** Holds when the option, or its default, is one of those values, in whatever case; without `is`, when it is set at all. */
const condition = z
  .strictObject({
    ...places,
    is: z.optional(z.array(z.string().check(z.regex(/^[^A-Z]*$/, 'lower case'))).check(z.minLength(1))),
    default: z.optional(z.string()),
  })
  .check(z.refine(hasPlace, 'a flag, env or annotation to read'))

const port = z
  .strictObject({ ...places, default: z.optional(portNumber) })
  .check(z.refine(port => hasPlace(port) || port.default !== undefined, 'a flag, env or annotation to read, or a default'))

function hasPlace(option: { readonly [place in keyof typeof places]?: string | undefined }): boolean {
  return (option.flag ?? option.env ?? option.annotation) !== undefined
}

const PROOFS = ['program', 'protocol', 'documented'] as const

/** What every way may say: where it is to be had, and what comes of it. */
const common = {
  when: z._default(z.array(condition), []).check(z.meta({ description: 'All of these have to hold.' })),
  unless: z._default(z.array(condition), []).check(z.meta({ description: 'None of these may hold.' })),
  exit: z.optional(exitCode).check(z.meta({ description: 'Its exit code. Without one nobody knows it, which is never taken for 0.' })),
  since: z.optional(z.string()).check(z.meta({ description: 'The first version that has it.' })),
  proof: z._default(z.enum(PROOFS), 'documented').check(
    z.meta({
      description:
        'program: the real one was run. protocol: a stand-in that speaks its documented protocol. documented: neither, its source or documentation says so.',
    }),
  ),
  source: z.optional(z.string()).check(z.meta({ description: 'Where it is written.' })),
}

/** `{port}` in argv is the port's number. */
const execWay = z.strictObject({ way: z.literal('exec'), argv: texts, port: z.optional(port), ...common }).check(
  z.refine(({ argv, port }) => port !== undefined || !argv.some(word => word.includes('{port}')), {
    path: ['port'],
    error: 'where the {port} of argv is to be read',
  }),
)

const httpWay = z.strictObject({
  way: z.literal('http'),
  method: z._default(z.enum(['GET', 'POST']), 'POST'),
  port,
  path: z.string().check(z.regex(/^\/[!-~]*$/, 'a path that begins with /')),
  ...common,
})

const signalWay = z.strictObject({
  way: z.literal('signal'),
  signal: z.enum(['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2']),
  ...common,
})

const way = z.discriminatedUnion('way', [execWay, httpWay, signalWay])

/** How its vendor makes it a native sidecar. */
const native = z.strictObject({
  annotations: z._default(z.record(z.string(), z.string()), {}),
  since: z.string(),
  byDefault: z.optional(z.string()).check(z.meta({ description: 'The first version that does it unasked, and where.' })),
  note: z.optional(z.string()),
  source: z.optional(z.string()),
})

/** What on a pod keeps its vendor from adding the sidecar there, whatever the namespace asks for. */
const optOut = z.strictObject({
  annotations: z._default(z.record(z.string(), z.string()), {}),
  labels: z._default(z.record(z.string(), z.string()), {}),
  source: z.optional(z.string()),
})

/** Its vendor's webhook adds it to a pod with one of the marks, unless one of the conditions holds; only a review reads this. */
const injection = z.strictObject({ unless: z._default(z.array(z.strictObject({ annotation: z.string(), is: texts })), []) })

/** It ends by itself once all other containers have ended, as long as the conditions hold. */
const endsItself = z.strictObject({ withinSeconds: seconds, when: z._default(z.array(condition), []) })

/** One known sidecar, by the row's id: how to recognise it and how it ends. */
export const catalogueRow = z
  .strictObject({
    title: text,
    names: z._default(z.array(text), []).check(z.meta({ description: 'What its container is called.' })),
    prefixes: z._default(z.array(text), []).check(z.meta({ description: 'How the names of its containers begin.' })),
    images: z
      ._default(z.array(text.check(z.regex(/^(.*\/)?[^/:@]+$/, 'a repository without tag and digest'))), [])
      .check(z.meta({ description: 'Image repositories, or their last parts.' })),
    marks: z._default(z.array(mark), []),
    injection: z
      .optional(injection)
      .check(
        z.meta({ description: 'A webhook adds the first of the names to a pod that has one of the marks, unless one of these holds.' }),
      ),
    ways: z
      ._default(z.array(way), [])
      .check(z.meta({ description: 'In order of preference. Of several signals the first whose conditions hold counts.' })),
    doubts: z
      ._default(z.array(condition), [])
      .check(z.meta({ description: 'When one of these holds, none of its exit codes is certain.' })),
    programs: z._default(z.array(text.check(z.regex(/^[^/]+$/, 'a program’s name without a path'))), []).check(
      z.meta({
        description:
          'What its program is called, without a path. With any other in command none of its exit codes is certain, nor with a shell.',
      }),
    ),
    runsArgs: z
      ._default(z.boolean(), false)
      .check(z.meta({ description: 'Its image runs what args begin with, which is its program then, or a wrapper of it.' })),
    wrappedWhen: z._default(z.array(condition), []).check(
      z.meta({
        description: 'Where all of these hold, the shell in its command is the vendor’s own, and its exit codes are certain all the same.',
      }),
    ),
    last: z._default(z.boolean(), false).check(z.meta({ description: 'The network of the others: it is ended after them.' })),
    endsItself: z.optional(endsItself),
    drainSeconds: z.optional(seconds).check(z.meta({ description: 'How long it may drain before it ends.' })),
    distroless: z.optional(z.boolean()).check(z.meta({ description: 'Its usual image has neither a shell nor kill.' })),
    native: z.optional(native),
    optOut: z.optional(optOut),
    notes: z._default(z.array(z.string()), []),
    sources: z._default(z.array(z.string()), []),
  })
  .check(z.refine(row => row.names.length + row.prefixes.length > 0, { path: ['names'], error: 'at least one name or prefix' }))

export const catalogueRows = z.record(z.string().check(z.regex(/^[a-z0-9-]+$/)), catalogueRow)

export type CatalogueRow = z.infer<typeof catalogueRow>
export type CatalogueRows = z.infer<typeof catalogueRows>
export type Condition = z.infer<typeof condition>
export type Port = z.infer<typeof port>

/** The catalogue as the policy reads it: the rows, and which of them a container can be by its name, image or marks. */
export interface Catalogue {
  readonly rows: CatalogueRows
  readonly by_name: Index
  readonly by_prefix: Index
  readonly by_image: Index
  /** Programs that run another one: {@link WRAPPERS}. */
  readonly wrappers: readonly string[]
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
    wrappers: WRAPPERS,
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

/** Only what the rules for live pods read: the policy loads it at every start. */
export function leanCatalogue({ rows, ...indexes }: Catalogue): object {
  const lean = Object.entries(rows).map(
    ([id, { title, ways, doubts, programs, runsArgs, wrappedWhen, last, endsItself, drainSeconds }]) => [
      id,
      { title, ways: ways.map(leanWay), doubts, programs, runsArgs, wrappedWhen, last, endsItself, drainSeconds },
    ],
  )
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
    wrappers,
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
