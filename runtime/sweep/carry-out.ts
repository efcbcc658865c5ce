import { setTimeout as sleep } from 'node:timers/promises'
import { endPod } from '../ending.ts'
import { judgeAgain, type Ending } from '../ending/context.ts'
import { Deadline } from '../ending/deadline.ts'
import type { Outcome, SweepRecord } from '../outcome.ts'
import type { Plan, Subject } from '../plan.ts'
import type { Census } from './census.ts'
import { asSettled } from './merge.ts'
import { type Pass, settleVerdict, verdictRecord } from './pass.ts'
import { PodWatch } from './watch.ts'

type Records = readonly SweepRecord[]

/** Ends the pods of the plan and those whose settle delay ends within the sweep, all at once; yields as each is through. */
export async function* carryOut(pass: Pass, plan: Plan, { settling, resourceVersion }: Census): AsyncGenerator<SweepRecord> {
  for (const subject of plan.reports) yield concluded(pass, subject, unstarted(subject, 'reported'))
  if (plan.endings.length + settling.length === 0) return
  using over = new Deadline(pass.signal)
  const watch = new PodWatch(pass.cluster, pass.options.scope, resourceVersion, over.signal, why =>
    pass.limited(`The watch of the pods was lost, so each was asked for: ${why.message}`),
  )
  for (const { uid } of [...plan.endings, ...settling]) watch.follow(uid)
  const room = { left: pass.options.settings.maxEndings - plan.endings.length }
  const endings = plan.endings.map(async (subject): Promise<Records> => [await conclude(pass, watch, subject)])
  const settled = settling.map(subject => afterSettling(pass, watch, subject, room))
  for await (const records of asSettled([...endings, ...settled])) yield* records
}

async function conclude(pass: Pass, watch: PodWatch, subject: Subject): Promise<SweepRecord> {
  if (pass.signal.aborted || pass.predictions.tooMany() !== undefined) return concluded(pass, subject, unstarted(subject, 'abandoned'))
  using deadline = new Deadline(pass.signal, pass.options.settings.podDeadline * 1000)
  const result = await endPod(ending(pass, watch, deadline.signal), subject)
  return result.kind === 'judged' ? settleVerdict(pass, result.subject) : concluded(pass, subject, result.outcome)
}

/** Waits until the settle delay is over, judges the pod again and does what the new verdict says. */
async function afterSettling(pass: Pass, watch: PodWatch, subject: Subject, room: { left: number }): Promise<Records> {
  const again = await settled(pass, watch, subject)
  if (again === undefined) return []
  if (again.verdict.decision !== 'end') return [settleVerdict(pass, again)]
  const record = verdictRecord(again)
  if (pass.options.isDryRun || again.verdict.report) return [record, concluded(pass, again, unstarted(again, 'reported'))]
  if (--room.left < 0) return [settleVerdict(pass, again)]
  return [record, await conclude(pass, watch, again)]
}

/** The pod judged after its settle delay; as it was when the sweep is interrupted; undefined when it is gone. */
async function settled(pass: Pass, watch: PodWatch, subject: Subject): Promise<Subject | undefined> {
  const { cluster, signal } = pass
  try {
    for (let current = subject; ; ) {
      const delay = (current.verdict.again ?? 0) * 1000 - cluster.now().getTime()
      if (current.verdict.reason !== 'settling' || delay > MAX_DELAY_MS) return current
      await sleep(Math.max(delay, 0), undefined, { signal })
      const again = await judgeAgain(ending(pass, watch, signal), current)
      if (again === undefined) return undefined
      current = again
    }
  } catch (error) {
    if (!signal.aborted) throw error
    return subject
  }
}

const MAX_DELAY_MS = 15_000

function ending({ cluster, judge, calls, limited, options }: Pass, watch: PodWatch, signal: AbortSignal): Ending {
  return { cluster, watch, judge, calls, limited, sweep: options.id, signal }
}

function concluded({ tally, predictions, herald }: Pass, subject: Subject, outcome: Outcome): Outcome {
  tally.countOutcome(outcome)
  predictions.count(subject.verdict, outcome)
  herald?.announceOutcome(subject, outcome)
  return outcome
}

function unstarted({ ref, uid, verdict }: Subject, result: 'reported' | 'abandoned'): Outcome {
  const containers = verdict.containers.filter(container => container.left_over).map(({ name, containerID }) => ({ name, containerID, exit: null }))
  return { kind: 'outcome', namespace: ref.namespace, pod: ref.name, uid, result, way: null, tried: [], containers, seconds: 0 }
}
