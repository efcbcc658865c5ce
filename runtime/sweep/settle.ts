import { setTimeout as sleep } from 'node:timers/promises'
import { ClusterError } from '../cluster.ts'
import { judgeAgain, type Ending } from '../ending/context.ts'
import type { Subject } from '../plan.ts'

/** A settle delay up to this long is waited out within the sweep. */
const MAX_SETTLE_SECONDS = 15
/** Between two looks, whatever the clocks say. */
const MIN_PAUSE_MS = 20

/** The latest end of a settle delay that a sweep waits for from now on, in seconds since the epoch. */
export function latestSettle(now: Date): number {
  return now.getTime() / 1000 + MAX_SETTLE_SECONDS
}

/** Whether the pod waits for its settle delay, and that is over by then. */
export function isSettlingUntil({ verdict: { reason, again } }: Subject, latest: number): boolean {
  return reason === 'settling' && again !== null && again <= latest
}

/** The pod judged after its settle delay; as it was judged last when it is gone, cannot be read, or the sweep is interrupted. */
export async function settled(ending: Ending, subject: Subject): Promise<Subject> {
  const { cluster, limits, signal } = ending
  const latest = latestSettle(cluster.now())
  let current = subject
  try {
    while (isSettlingUntil(current, latest)) {
      const delay = (current.verdict.again ?? 0) * 1000 - cluster.now().getTime()
      await sleep(Math.max(delay, MIN_PAUSE_MS), undefined, { signal })
      const again = await judgeAgain(ending, current)
      if (again === undefined) return current
      current = again
    }
  } catch (error) {
    if (signal.aborted) return current
    if (!(error instanceof ClusterError)) throw error
    limits.note('Not every pod was judged again after its settle delay', error.message)
  }
  return current
}
