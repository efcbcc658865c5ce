/** What a part of the bench found: rows for the table, and in sentences what they mean. */
export interface Findings {
  readonly rows: readonly Row[]
  readonly notes: readonly string[]
}

/** One line of the table. */
export interface Row {
  readonly part: string
  /** What was measured, in which setting. */
  readonly what: string
  readonly value: Quantity
  /** Measured in the same run, interleaved with the value; null where there is nothing to compare with. */
  readonly reference: (Quantity & { readonly what: string }) | null
  /** Value over reference. */
  readonly ratio: number | null
  readonly target: Target | null
  /** Null without a target. */
  readonly isMet: boolean | null
}

export interface Quantity {
  readonly amount: number
  /** Of several measurements, where that says more than their median alone. */
  readonly worst?: number
  readonly unit: Unit
}

export type Unit = '/s' | 's' | 'ms' | 'MB' | 'B/pod' | 'calls' | 'sweeps'

/** A limit on the value itself, in its unit, or on its ratio to the reference. */
export interface Target {
  readonly of: 'value' | 'ratio'
  readonly limit: number
  readonly bound: 'at least' | 'at most' | 'below'
}

export interface RowOptions {
  readonly part: string
  readonly what: string
  readonly value: Quantity
  readonly reference?: Quantity & { readonly what: string }
  readonly target?: Target
}

/** The row of a measurement: its ratio and whether it meets its target follow from it. */
export function row({ part, what, value, reference, target }: RowOptions): Row {
  const ratio = reference === undefined ? null : value.amount / reference.amount
  const judged = target?.of === 'ratio' ? ratio : value.amount
  const isMet = target === undefined || judged === null ? null : isWithin(judged, target)
  return { part, what, value, reference: reference ?? null, ratio, target: target ?? null, isMet }
}

function isWithin(amount: number, { limit, bound }: Target): boolean {
  if (bound === 'at least') return amount >= limit
  return bound === 'at most' ? amount <= limit : amount < limit
}

/** The middle one of these, the mean of the middle two of an even number. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const upper = sorted[sorted.length >> 1] ?? Number.NaN
  const lower = sorted[(sorted.length - 1) >> 1] ?? Number.NaN
  return (upper + lower) / 2
}
