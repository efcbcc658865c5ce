// A Date header knows whole seconds, and an answer takes its time.
const NOTICEABLE_MS = 2000

export interface ServerClock {
  now(): Date
  /** Learns from an answer's Date header. */
  observe(date: string | undefined): void
}

export function serverClock(): ServerClock {
  let offsetMs = 0
  return {
    now: () => new Date(Date.now() + offsetMs),
    observe(date) {
      const seen = Date.parse(date ?? '')
      if (Number.isNaN(seen)) return
      // The header is cut, not rounded: half a second is the fair guess.
      const offset = seen + 500 - Date.now()
      offsetMs = Math.abs(offset) < NOTICEABLE_MS ? 0 : offset
    },
  }
}
