/** Of one object with its aliases written out, 16 characters counted as a node: some 3 MB, twice of what a cluster would keep. */
export const MAX_NODES = 200_000

/** What is to be said of an object that has more. */
export const TOO_LARGE = 'is endless, or larger than a cluster would keep, with its aliases written out; write out the few that are meant'

/** Whether a value holds more nodes than that once every alias in it is written out, or holds itself. Time is that of the value as it is written. */
export function hasMoreThan(limit: number, value: unknown): boolean {
  const sizes = new Map<object, number>()
  return size(value) > limit

  function size(of: unknown): number {
    if (typeof of === 'string') return 1 + of.length / 16
    if (typeof of !== 'object' || of === null) return 1
    const known = sizes.get(of)
    if (known !== undefined) return known
    sizes.set(of, Number.POSITIVE_INFINITY) // what is met again while it is counted holds itself
    let sum = 1
    for (const part of Object.values(of)) sum += size(part)
    sizes.set(of, sum)
    return sum
  }
}
