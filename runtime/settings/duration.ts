const SECONDS = { h: 3600, m: 60, s: 1, ms: 0.001 } as const

/** A duration as people write it: whole numbers with h, m, s and ms, largest unit first, each at most once; also the `pattern` of the published JSON Schema. */
export const DURATION = /^(?=\d)(\d{1,9}h)?(\d{1,9}m(?!s))?(\d{1,9}s)?(\d{1,9}ms)?$/

/** Seconds of a text that matches {@link DURATION}. @example durationSeconds('1m30s') // 90 */
export function durationSeconds(text: string): number {
  const milliseconds = [...text.matchAll(/(\d+)(ms|h|m|s)/g)]
    .map(([, count, unit]) => Number(count) * SECONDS[unit as keyof typeof SECONDS] * 1000) // the expression admits no other unit
    .reduce((sum, part) => sum + part, 0)
  return Math.round(milliseconds) / 1000
}
