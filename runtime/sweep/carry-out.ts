import { endPod, type Concluded } from '../ending.ts'
import { type Ending, NotBegun } from '../ending/context.ts'
import { Deadline } from '../ending/deadline.ts'
import type { Outcome, SweepRecord } from '../outcome.ts'
import type { Plan, Subject } from '../plan.ts'
import type { Census } from './census.ts'
import { asSettled } from './merge.ts'
import { type Pass, settleVerdict, verdictRecord } from './pass.ts'
import { settled } from './settle.ts'
import { PodWatch } from './watch.ts'

type Records = readonly SweepRecord[]

/** Ends the pods of the plan and those whose settle delay ends within the sweep, all at once; yields as each is through. */
export async function* carryOut(pass: Pass, plan: Plan, census: Census): AsyncGenerator<SweepRecord> {
  const { limits, options, tally } = pass
  for (const subject of plan.reports) yield reported(pass, subject)
  for (const { verdict } of plan.later) tally.countVerdict(verdict)
  const { maxEndings } = options.settings
  const taken = [...plan.endings, ...plan.reports].filter(({ verdict }) => !verdict.report).length
  const room = { left: maxEndings - taken, turnedAway: plan.later.length }
  if (plan.endings.length + census.settling.length > 0) yield* atOnce(pass, plan.endings, census, room)
  if (room.turnedAway > 0) limits.note(`Pods left for the next sweep: ${room.turnedAway}, because the setting maxEndings is ${maxEndings}`)
}

/** How many pods this sweep may still end, and how many it had to leave for the next. */
interface Room {
  left: number
  turnedAway: number
}

async function* atOnce(
  pass: Pass,
  subjects: readonly Subject[],
  { settling, resourceVersion }: Census,
  room: Room,
): AsyncGenerator<SweepRecord> {
  using over = new Deadline(pass.signal)
  const watch = watchPods(pass, resourceVersion, over.signal)
  for (const { uid } of [...subjects, ...settling]) watch.follow(uid)
  const endings = subjects.map(async (subject): Promise<Records> => [await conclude(pass, watch, subject)])
  const settlings = settling.map(subject => afterSettling(pass, watch, subject, room))
  for await (const records of asSettled([...endings, ...settlings])) yield* records
}

function watchPods({ cluster, calls, options, limits }: Pass, resourceVersion: string, signal: AbortSignal): PodWatch {
  const onLost = (why: Error) => limits.note('The watch of the pods was lost, so each was asked for', why.message)
  return new PodWatch({ cluster, calls, scope: options.scope, resourceVersion, signal, onLost })
}

async function conclude(pass: Pass, watch: PodWatch, subject: Subject): Promise<SweepRecord> {
  using deadline = new Deadline(pass.signal)
  const ending = endingOf(pass, watch, deadline.signal)
  // Its time begins with its turn, not while it stands in the queue.
  const begin: Ending['begin'] = patch =>
    ending.begin(() => {
      deadline.limit(pass.options.settings.podDeadline * 1000)
      return patch()
    })
  const ended = await endPod({ ...ending, begin }, subject)
  if (ended.kind === 'judged') return settleVerdict(pass, ended.subject)
  pass.predictions.count(ended)
  return concluded(pass, ended)
}

/** Waits until the settle delay is over, judges the pod again and does what the new verdict says. */
async function afterSettling(pass: Pass, watch: PodWatch, subject: Subject, room: Room): Promise<Records> {
  const again = await settled(endingOf(pass, watch, pass.signal), subject)
  if (again.verdict.decision !== 'end') return [settleVerdict(pass, again)]
  if (again.verdict.report) return [verdictRecord(again), reported(pass, again)]
  if (room.left === 0) {
    room.turnedAway++
    return [settleVerdict(pass, again)]
  }
  room.left--
  return [verdictRecord(again), pass.options.isDryRun ? reported(pass, again) : await conclude(pass, watch, again)]
}

function endingOf({ cluster, judge, calls, limits, options, predictions }: Pass, watch: PodWatch, signal: AbortSignal): Ending {
  const begin = <T>(patch: () => Promise<T>) =>
    calls.runFirst(async () => {
      if (predictions.tooMany() !== undefined) throw new NotBegun()
      return await patch()
    })
  return { cluster, watch, judge, calls, limits, sweep: options.id, begin, signal }
}

function concluded({ tally, herald }: Pass, { subject, outcome }: Pick<Concluded, 'subject' | 'outcome'>): Outcome {
  tally.countOutcome(outcome)
  herald?.announceOutcome(subject, outcome)
  return outcome
}

/** The outcome of a pod that is only spoken of. */
function reported(pass: Pass, subject: Subject): Outcome {
  const { ref, uid, verdict } = subject
  const containers = verdict.containers
    .filter(container => container.left_over)
    .map(({ name, containerID }) => ({ name, containerID, exit: null, way: null }))
  const outcome = {
    kind: 'outcome',
    namespace: ref.namespace,
    pod: ref.name,
    uid,
    result: 'reported',
    way: null,
    tried: [],
    phase: null,
    expected: verdict.after,
    containers,
    seconds: 0,
  } as const
  return concluded(pass, { subject, outcome })
}
