/** An object of YAML or JSON. */
export type Mapping = Readonly<Record<string, unknown>>

/** Whether a value that was read is one: no list, no null. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
