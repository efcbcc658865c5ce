import { isMapping, type Mapping } from '../mapping.ts'

/**
 * The items of a List, undefined for any other object. Those of a list of one kind, as the API gives it, may leave out
 * what the list says: a JobList's are Jobs.
 */
export function itemsOf({ apiVersion, kind, items }: Mapping): readonly unknown[] | undefined {
  if (!Array.isArray(items)) return undefined
  const own = /^(.+)List$/.exec(String(kind))?.[1]
  if (own === undefined) return items
  return items.map((item: unknown) => (isMapping(item) ? { apiVersion, kind: own, ...item } : item))
}
