import { setTimeout as sleep } from 'node:timers/promises'

/** The first value that a look gives back other than undefined or false; throws after the deadline. Times in ms. */
export async function until<T>(what: string, deadlineMs: number, look: () => T | Promise<T>): Promise<Exclude<T, undefined | false>> {
  const end = Date.now() + deadlineMs
  for (;;) {
    const seen = await look()
    // Narrowing a generic by comparison is beyond the checker: the two excluded values were just ruled out.
    if (seen !== undefined && seen !== false) return seen as Exclude<T, undefined | false>
    if (Date.now() >= end) throw new Error(`Waited ${deadlineMs / 1000} s in vain for ${what}`)
    await sleep(100)
  }
}
