import type { Cluster } from '../cluster.ts'
import type { Calls } from '../ending/calls.ts'
import type { VerdictRecord } from '../outcome.ts'
import type { Subject } from '../plan.ts'
import type { SweepOptions } from '../sweep.ts'
import type { Herald } from './herald.ts'
import type { Judge, Landscape } from './judge.ts'
import type { Limits } from './limits.ts'
import type { Predictions } from './prediction.ts'
import type { Tally } from './tally.ts'

/** What the parts of one sweep share. */
export interface Pass {
  readonly cluster: Cluster
  readonly options: SweepOptions
  readonly landscape: Landscape
  readonly tally: Tally
  readonly predictions: Predictions
  readonly limits: Limits
  readonly judge: Judge
  readonly calls: Calls
  /** Null in a dry run, which changes nothing. */
  readonly herald: Herald | null
  readonly signal: AbortSignal
}

export function verdictRecord({ verdict, ref, uid }: Subject): VerdictRecord {
  return { kind: 'verdict', namespace: ref.namespace, pod: ref.name, uid, ...verdict }
}

/** The record of a verdict that is not to be carried out: counted, and a refusal is announced. */
export function settleVerdict({ tally, herald }: Pass, subject: Subject): VerdictRecord {
  tally.countVerdict(subject.verdict)
  if (subject.verdict.decision === 'refuse') herald?.announceRefusal(subject)
  return verdictRecord(subject)
}
