import type { VerdictRecord } from '../outcome.ts'
import type { Subject } from '../plan.ts'
import { readablePages } from './pages.ts'
import { type Pass, settleVerdict, verdictRecord } from './pass.ts'
import { isSettlingUntil, latestSettle } from './settle.ts'

/** What is kept of the pods that were listed; all others were judged and let go. */
export interface Census {
  readonly ends: readonly Subject[]
  /** Not reported yet: they are judged again within the sweep, once their settle delay is over. */
  readonly settling: readonly Subject[]
  /** Of the list: where a watch starts. */
  readonly resourceVersion: string
}

/** Lists and judges every pod in scope, a page at a time; when the sweep is interrupted, as many as it came to. */
export async function* takeCensus(pass: Pass): AsyncGenerator<VerdictRecord, Census> {
  const { cluster, judge, signal } = pass
  const census = { ends: [] as Subject[], settling: [] as Subject[], resourceVersion: '' }
  const seen = new Set<string>()
  try {
    for await (const { pods, resourceVersion, restart } of readablePages(pass)) {
      if (restart || census.resourceVersion === '') census.resourceVersion = resourceVersion
      for (const pod of pods) {
        const subject = judge(pod)
        const key = subject.uid || `${subject.ref.namespace}/${subject.ref.name}`
        // A list that began again shows pods that were judged before; each is judged once.
        if (seen.has(key)) continue
        seen.add(key)
        if (isSettlingUntil(subject, latestSettle(cluster.now()))) census.settling.push(subject)
        else if (subject.verdict.decision === 'end') census.ends.push(subject)
        else yield settleVerdict(pass, subject)
        if (subject.verdict.decision === 'end') yield verdictRecord(subject)
      }
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
  return census
}
