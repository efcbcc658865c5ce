import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { REVIEW_WORKER } from '../files.ts'
import type { Reviewed } from './batch.ts'
import type { Help, Helper } from './turns.ts'
import type { Task, WorkerData } from './worker.ts'

/** More would wait for what this one prints. */
const MAX_THREADS = 4
/** Tasks that a thread has at once, so that it never waits for the next. */
const MAX_TASKS = 2
/** A thread takes a tenth of a second of a processor to start, and that may be half of another one. */
const WORTH = { passedMs: 500, leftMs: 1500 }

export interface ReviewHelpersOptions {
  /** Default: as many as the system has. */
  readonly processors?: () => number
  /** Milliseconds that pass; default: the process's. */
  readonly now?: () => number
}

/** Threads that review beside this one where there are processors left for them, once a review takes so long that they are worth it. */
export function reviewHelpers(
  data: WorkerData,
  signal: AbortSignal,
  { processors = availableParallelism, now = () => process.uptime() * 1000 }: ReviewHelpersOptions = {},
): Help<Task, readonly Reviewed[]> {
  const started = now()
  return ({ done, known, areAllKnown }) => {
    const passedMs = now() - started
    const leftMs = areAllKnown ? (passedMs / done) * known : Infinity
    if (passedMs < WORTH.passedMs || leftMs < WORTH.leftMs) return undefined
    return threads(Math.min(processors() - 1, MAX_THREADS), () => reviewHelper(data, signal))
  }
}

/** As many as can be started: Node's permission model may forbid them. */
function threads<H>(count: number, start: () => H): readonly H[] {
  const all: H[] = []
  try {
    while (all.length < count) all.push(start())
  } catch {
    // What has been started helps.
  }
  return all
}

function reviewHelper(data: WorkerData, signal: AbortSignal): Helper<Task, readonly Reviewed[]> {
  const worker = new Worker(REVIEW_WORKER, { workerData: data, execArgv: [] })
  const waiting: PromiseWithResolvers<readonly Reviewed[]>[] = []
  let isGone = false
  const leave = (reason: unknown) => {
    isGone = true
    for (const { reject } of waiting.splice(0)) reject(reason)
  }
  worker.on('message', (reviews: readonly Reviewed[]) => waiting.shift()?.resolve(reviews))
  worker.on('error', leave)
  worker.on('exit', leave)
  const end = () => void worker.terminate()
  signal.addEventListener('abort', end, { once: true }) // it may be in the middle of a long file
  return {
    isFree: () => !isGone && waiting.length < MAX_TASKS,
    take: task => {
      const answer = Promise.withResolvers<readonly Reviewed[]>()
      if (isGone) answer.reject(new Error('The thread has ended'))
      else {
        waiting.push(answer)
        worker.postMessage(task)
      }
      return answer.promise
    },
    end: () => {
      signal.removeEventListener('abort', end)
      end()
    },
  }
}
