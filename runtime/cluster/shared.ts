import { unlessAborted } from './deadline.ts'

/** Work that all who ask for it at the same time share; its signal aborts when the last of them has given up. */
export function shared<T>(work: (signal: AbortSignal) => Promise<T>): (signal: AbortSignal) => Promise<T> {
  let current: Run<T> | undefined
  return async signal => {
    signal.throwIfAborted()
    const run = (current ??= begin(work))
    run.waiting++
    try {
      return await unlessAborted(run.result, signal)
    } finally {
      if (--run.waiting === 0) {
        run.stop.abort()
        // Whoever asks from now on gets a fresh result.
        if (current === run) current = undefined
      }
    }
  }
}

interface Run<T> {
  readonly result: Promise<T>
  readonly stop: AbortController
  waiting: number
}

function begin<T>(work: (signal: AbortSignal) => Promise<T>): Run<T> {
  const stop = new AbortController()
  const result = work(stop.signal)
  result.catch(() => {}) // when all have given up its failure is nobody's
  return { result, stop, waiting: 0 }
}
