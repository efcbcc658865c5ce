import { setTimeout as sleep } from 'node:timers/promises'
import { ClusterError } from '../cluster.ts'
import { type Deadline, LONGEST_TIMER_MS } from './deadline.ts'

/**
 * What may be tried again: a `read`, and a `guarded` write, whose repetition meets a conflict when the first try landed
 * unseen, after everything that passes; a write `once` only when the server says that it did nothing.
 */
export type Repeat = 'read' | 'guarded' | 'once'

export interface RetryOptions {
  /** Default 5. */
  readonly maxTries?: number
  /** The first pause, doubled each time and then cut by up to half at random; default 200. */
  readonly pauseMs?: number
}

const PASSING: readonly number[] = [429, 500, 502, 503, 504]
const BROKEN = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EAI_AGAIN'])

/** Whether the same call may fare better in a moment. */
export function isPassing(error: unknown, repeat: Repeat): error is ClusterError {
  if (!(error instanceof ClusterError)) return false
  if (repeat === 'once') return error.status === 429
  if (error.status !== undefined) return PASSING.includes(error.status)
  return BROKEN.has(networkCode(error.cause)) || error.cause instanceof SyntaxError
}

/** The code of a system error, or ''. */
export function networkCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** Milliseconds to wait after that many tries: what the server asked for, else doubling and with jitter, so that many clients do not come back at once. */
export function pauseMs(tries: number, retryAfterMs: number | undefined, firstMs: number, random: number): number {
  const ours = firstMs * 2 ** (tries - 1) * (1 - random / 2)
  return Math.min(Math.max(retryAfterMs ?? 0, ours), LONGEST_TIMER_MS)
}

/** Milliseconds from now that a Retry-After header asks for, as seconds or as a date; undefined when it says neither. */
export function retryAfterMs(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined
  if (/^\d+$/.test(header)) return Number(header) * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime())
}

/** The first good result; the last error when the tries, or the time for another one, are used up. */
export async function retrying<T>(
  attempt: () => Promise<T>,
  repeat: Repeat,
  deadline: Deadline,
  { maxTries = 5, pauseMs: firstMs = 200 }: RetryOptions = {},
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      deadline.signal.throwIfAborted()
      if (!isPassing(error, repeat)) throw error
      const pause = pauseMs(tries, error.retryAfterMs, firstMs, Math.random())
      if (tries >= maxTries || pause >= deadline.left()) throw tries > 1 ? withTries(error, tries) : error
      await sleep(pause, undefined, { signal: deadline.signal }).catch(() => deadline.signal.throwIfAborted())
    }
  }
}

function withTries(error: ClusterError, tries: number): ClusterError {
  return new ClusterError(error.code, `${error.message} (${tries} tries)`, error)
}
