import type { VerdictRecord } from '../outcome.ts'
import type { Subject } from '../plan.ts'
import { type Pass, settleVerdict, verdictRecord } from './pass.ts'

/** A settle delay up to this long is waited out within the sweep. */
const MAX_SETTLE_SECONDS = 15

/** What is kept of the pods that were listed; all others were judged and let go. */
export interface Census {
  readonly ends: readonly Subject[]
  /** Not reported yet: they are judged again within the sweep, once their settle delay is over. */
  readonly settling: readonly Subject[]
  /** Of the list: where a watch starts. */
  readonly resourceVersion: string
}

/** Lists and judges every pod in scope, a page at a time. */
export async function* takeCensus(pass: Pass): AsyncGenerator<VerdictRecord, Census> {
  const { cluster, options, tally, judge, signal } = pass
  let ends: Subject[] = []
  let settling: Subject[] = []
  let resourceVersion = ''
  for await (const page of cluster.podPages(options.scope, signal)) {
    if (page.restart) {
      ends = []
      settling = []
      tally.reset()
    }
    resourceVersion = page.resourceVersion
    for (const pod of page.pods) {
      const subject = judge(pod)
      if (isSettlingSoon(subject, cluster.now())) settling.push(subject)
      else if (subject.verdict.decision !== 'end') yield settleVerdict(pass, subject)
      else {
        ends.push(subject)
        yield verdictRecord(subject)
      }
    }
  }
  return { ends, settling, resourceVersion }
}

function isSettlingSoon({ verdict: { reason, again } }: Subject, now: Date): boolean {
  return reason === 'settling' && again !== null && again - now.getTime() / 1000 <= MAX_SETTLE_SECONDS
}
