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
