/** The longest time in milliseconds that a timer can be set to, some 24 days; Node takes a longer one for 1 ms. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1

/** A signal that aborts with the first of its parents or when the time is over; dispose it when the work is done. */
export interface Deadline extends Disposable {
  readonly signal: AbortSignal
  /** Milliseconds left; never negative. */
  left(): number
  /** Starts the time again, with another end. */
  restart(ms: number, reason: () => Error): void
}

/** The parents' reason is passed on; at the end of the time, {@link LONGEST_TIMER_MS} at most, it is `reason()`. */
export function startDeadline(ms: number, reason: () => Error, parents: readonly AbortSignal[]): Deadline {
  const controller = new AbortController()
  const forward = (): void => controller.abort(parents.find(parent => parent.aborted)?.reason)
  let endsAt = 0
  let timer: NodeJS.Timeout | undefined
  const restart = (ms: number, reason: () => Error): void => {
    clearTimeout(timer)
    const time = Math.min(ms, LONGEST_TIMER_MS)
    endsAt = performance.now() + time
    timer = setTimeout(() => controller.abort(reason()), time)
  }
  for (const parent of parents) parent.addEventListener('abort', forward)
  restart(ms, reason)
  if (parents.some(parent => parent.aborted)) forward()
  return {
    signal: controller.signal,
    left: () => Math.max(0, endsAt - performance.now()),
    restart,
    [Symbol.dispose]() {
      clearTimeout(timer)
      for (const parent of parents) parent.removeEventListener('abort', forward)
    },
  }
}

/** The promise's value, or the signal's reason when that comes first; the promise itself goes on. */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const abort = (): void => reject(signal.reason)
  signal.addEventListener('abort', abort)
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}
