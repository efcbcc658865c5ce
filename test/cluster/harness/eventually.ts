import { setTimeout as sleep } from 'node:timers/promises'

export type EventuallyOptions = { deadlineMs?: number; signal?: AbortSignal }

/** Looks again and again until what it sees will do, and gives that back; past the deadline throws with what it saw last. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T>,
  willDo: (seen: T) => boolean,
  { deadlineMs = 60_000, signal }: EventuallyOptions = {},
): Promise<T> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const seen = await look()
    if (willDo(seen)) return seen
    if (Date.now() >= end) throw new Error(`Waited ${deadlineMs / 1000} s in vain until ${what}; last seen: ${JSON.stringify(seen)}`)
    await sleep(100, undefined, { signal })
  }
}
