import * as z from 'zod/mini'

/** Something on the pod or its namespace that shows that a vendor put its sidecar there; without `value` the key alone counts. */
const mark = z.union([
  z.strictObject({ annotation: z.string(), value: z.optional(z.string()) }),
  z.strictObject({ label: z.string(), value: z.optional(z.string()) }),
  z.strictObject({ namespaceLabel: z.string(), value: z.optional(z.string()) }),
])

const exitCode = z.int().check(z.minimum(0), z.maximum(255))

/** Without `exit` nobody knows the code, which is never taken for 0. */
const way = z.strictObject({
  way: z.literal('signal'),
  signal: z.enum(['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2']),
  exit: z.optional(exitCode),
})

/** One known sidecar, by the row's id: how to recognise it and how it ends. */
export const catalogueRow = z.strictObject({
  title: z.string(),
  names: z.array(z.string()).check(z.minLength(1)),
  images: z.array(z.string()),
  marks: z._default(z.array(mark), []),
  ways: z._default(z.array(way), []),
  sources: z.array(z.string()),
})

export const catalogueRows = z.record(z.string().check(z.regex(/^[a-z0-9-]+$/)), catalogueRow)

export type CatalogueRow = z.infer<typeof catalogueRow>
export type CatalogueRows = z.infer<typeof catalogueRows>

/** The catalogue as the policy reads it: the rows, and which of them a container's name can be. */
export interface Catalogue {
  readonly rows: CatalogueRows
  readonly by_name: Readonly<Record<string, readonly string[]>>
}

/** Rows to an index: a look-up by container name instead of a search through every row, in the order of the rows. */
export function indexCatalogue(rows: CatalogueRows): Catalogue {
  const byName: Record<string, string[]> = Object.create(null)
  for (const [id, row] of Object.entries(rows)) for (const name of row.names) (byName[name] ??= []).push(id)
  return { rows, by_name: byName }
}

/** The keys of annotations and labels that the rows' marks look at. */
export function markKeys({ rows }: Catalogue): { readonly annotations: readonly string[]; readonly labels: readonly string[] } {
  const marks = Object.values(rows).flatMap(row => row.marks)
  return {
    annotations: marks.flatMap(mark => ('annotation' in mark ? [mark.annotation] : [])),
    labels: marks.flatMap(mark => ('label' in mark ? [mark.label] : [])),
  }
}
