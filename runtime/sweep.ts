import type { Cluster, Scope } from './cluster.ts'
import { Calls } from './ending/calls.ts'
import type { SweepRecord } from './outcome.ts'
import { planEndings } from './plan.ts'
import type { Policy } from './policy.ts'
import type { Settings } from './settings.ts'
import { carryOut } from './sweep/carry-out.ts'
import { takeCensus } from './sweep/census.ts'
import { Herald } from './sweep/herald.ts'
import { judgeBy } from './sweep/judge.ts'
import { readLandscape } from './sweep/landscape.ts'
import { Limits } from './sweep/limits.ts'
import type { Pass } from './sweep/pass.ts'
import { Predictions } from './sweep/prediction.ts'
import { Tally } from './sweep/tally.ts'

export interface SweepOptions {
  readonly scope: Scope
  readonly settings: Settings
  /** Say what would be done, and make no call that changes anything. */
  readonly isDryRun: boolean
  /** Of this sweep, as the policy knows it. */
  readonly id: string
}

/**
 * One pass over the pods in scope: list, judge, end, report. Yields a verdict for every pod, an outcome for each that
 * was to be ended, and at last the summary, also when the signal ended it early. Where a pod has two verdicts, it changed
 * before anything was done to it, and the second one counts.
 * @throws {ClusterError} when the pods in scope cannot be listed
 */
export async function* sweep(cluster: Cluster, policy: Policy, options: SweepOptions, signal: AbortSignal): AsyncGenerator<SweepRecord> {
  const limits = new Limits()
  const tally = new Tally()
  const predictions = new Predictions(options.settings.maxMispredicted)
  try {
    const landscape = await readLandscape(cluster, options.scope, limits, signal)
    const judge = judgeBy(policy, landscape, () => cluster.now())
    const calls = new Calls(options.settings.perNode)
    const herald = options.isDryRun ? null : new Herald(cluster, calls, limits, signal)
    yield* pass({ cluster, options, landscape, tally, predictions, limits, judge, calls, herald, signal })
  } catch (error) {
    if (!signal.aborted) throw error
  }
  if (signal.aborted) limits.note('The sweep was interrupted')
  const stopped = predictions.tooMany() ?? null
  yield { kind: 'summary', ...tally.counts(), limits: limits.sentences(), stopped, policy: policy.hashes }
}

async function* pass(pass: Pass): AsyncGenerator<SweepRecord> {
  const { options, herald } = pass
  const census = yield* takeCensus(pass)
  const plan = planEndings(census.ends, { maxEndings: options.settings.maxEndings, isDryRun: options.isDryRun })
  yield* carryOut(pass, plan, census)
  await herald?.finish()
}
