import type { Cluster, Scope } from './cluster.ts'
import { Calls } from './ending/calls.ts'
import type { SweepRecord, Summary } from './outcome.ts'
import { planEndings } from './plan.ts'
import type { Policy } from './policy.ts'
import type { Settings } from './settings.ts'
import { takeCensus } from './sweep/census.ts'
import { carryOut } from './sweep/carry-out.ts'
import { Herald } from './sweep/herald.ts'
import { judgeBy } from './sweep/judge.ts'
import { readLandscape } from './sweep/landscape.ts'
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
 * was to be ended, and at last the summary, also when the signal ended it early.
 * @throws {ClusterError} when the pods in scope cannot be listed
 */
export async function* sweep(cluster: Cluster, policy: Policy, options: SweepOptions, signal: AbortSignal): AsyncGenerator<SweepRecord> {
  const limits = new Set<string>()
  const tally = new Tally()
  const predictions = new Predictions(options.settings.maxMispredicted)
  const limited = (why: string): unknown => limits.add(why)
  try {
    const landscape = await readLandscape(cluster, options.scope, limited, signal)
    const judge = judgeBy(policy, landscape, () => cluster.now())
    const calls = new Calls(options.settings.perNode)
    const herald = options.isDryRun ? null : new Herald(cluster, calls, limited, signal)
    yield* run({ cluster, options, tally, predictions, limited, judge, calls, herald, signal })
  } catch (error) {
    if (!signal.aborted) throw error
    limited('The sweep was interrupted')
  }
  yield { kind: 'summary', ...tally.counts(), limits: [...limits], stopped: predictions.tooMany() ?? null, policy: policy.hashes } satisfies Summary
}

async function* run(pass: Pass): AsyncGenerator<SweepRecord> {
  const { options, tally, limited, herald } = pass
  const census = yield* takeCensus(pass)
  const { maxEndings } = options.settings
  const plan = planEndings(census.ends, { maxEndings, isDryRun: options.isDryRun })
  if (plan.later.length > 0) limited(`${plan.later.length} pods are left for the next sweep: the setting maxEndings is ${maxEndings}`)
  for (const { verdict } of plan.later) tally.countVerdict(verdict)
  yield* carryOut(pass, plan, census)
  await herald?.finish()
}
