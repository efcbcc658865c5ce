import { isDeepStrictEqual } from 'node:util'
import { statuses, type ContainerStatus, type Pod } from '../harness/objects.ts'
import { checkCalls } from './check-calls.ts'
import { equal, type Check } from './comparison.ts'
import { jobState, stories, story, type Evidence } from './evidence.ts'
import { latest, type PodHistory } from './history.ts'
import { isTerminal, relapses } from './relapse.ts'
import type { Expectation, Row, Variant } from './row.ts'

/** Holds a case's evidence against what its row expects. */
export function check(row: Row, expectation: Expectation, variant: Variant, evidence: Evidence): Check[] {
  return [
    equal(`the Job is ${expectation.job}`, expectation.job, jobState(evidence)),
    checkStories(expectation, evidence),
    equal(
      'the kubelet shows the same ends and restarts',
      [],
      evidence.pods.flatMap(pod => strangeStatuses(pod, expectation, evidence)),
    ),
    equal('no signal before the mains ended and the settle delay was over', [], earlySignals(row, evidence)),
    checkTexts('the sweeps report it', expectation.outcomes, outcomes(evidence)),
    checkTexts('what was tried in vain', expectation.tried ?? [], tried(evidence)),
    checkTexts('the verdict', [expectation.verdict], [lastVerdict(expectation, evidence)]),
    equal('warnings', expectation.warnings ?? [], warnings(evidence)),
    checkTexts('what the sweeps could not see or do', expectation.limits ?? [], ownLimits(evidence)),
    equal('every sweep ended as documented', [], evidence.runs.flatMap(strangeEnds)),
    equal('nothing else of the pods was touched, and a finished pod stays finished', [], evidence.pods.flatMap(strangeChanges)),
    ...checkCalls(expectation, evidence),
    ...(row.check?.(evidence, variant) ?? []),
  ]
}

function checkStories({ stories: expected }: Expectation, evidence: Evidence): Check {
  const found = stories(evidence)
  const names = new Set([...Object.keys(expected), ...Object.keys(found)])
  const isWell = [...names].every(name => isLike(found[name] ?? '', expected[name] ?? ''))
  const title = 'each container lived as expected and heard these signals only'
  return isWell ? { title } : { title, problem: { expected: withTexts(expected), found } }
}

function isLike(found: string, expected: string | RegExp): boolean {
  return typeof expected === 'string' ? found === expected : expected.test(found)
}

function withTexts(patterns: Expectation['stories']): Record<string, string> {
  return Object.fromEntries(Object.entries(patterns).map(([name, pattern]) => [name, String(pattern)]))
}

function checkTexts(title: string, expected: readonly (string | RegExp)[], found: readonly string[]): Check {
  const isWell = found.length === expected.length && expected.every((pattern, index) => isLike(found[index] ?? '', pattern))
  return isWell ? { title } : { title, problem: { expected: expected.map(String), found } }
}

/** The kubelet's word against the actors' own. */
function strangeStatuses(pod: PodHistory, { states = {}, stories: expected }: Expectation, { lines }: Evidence): string[] {
  if (pod.isGone) return []
  return statuses(latest(pod)).flatMap(status => {
    const told = story(lines, pod, status.name)
    const ownExit = /exit (\d+)$/.exec(told)?.[1]
    const wanted = ownExit ?? states[status.name] ?? (told === '' ? 'without a story' : 'running')
    // Of a container that goes on crashing, log and status are never of the same moment.
    if (expected[status.name] instanceof RegExp) return []
    const problems = isLike(stateOf(status), wanted) ? [] : [`${status.name}: ${stateOf(status)}, expected ${wanted}`]
    const starts = told.match(/start/g)?.length ?? 1
    return status.restartCount === starts - 1
      ? problems
      : [...problems, `${status.name}: ${status.restartCount} restarts, but ${starts} starts`]
  })
}

function stateOf({ state }: ContainerStatus): string {
  if (state.terminated) return String(state.terminated.exitCode)
  return state.running ? 'running' : (state.waiting?.reason ?? 'waiting')
}

// A main's end is in the API in whole seconds, so the delay may be short of it by one.
function earlySignals({ mains = ['main'], settle = 2 }: Row, { pods, lines }: Evidence): string[] {
  if (mains.length === 0) return []
  return pods.flatMap(pod => {
    const end = Math.max(...mains.map(main => endOf(main, pod, lines)))
    return lines
      .filter(line => line.pod === latest(pod).metadata.uid && line.event.startsWith('signal'))
      .filter(({ at }) => !(at.getTime() >= end + (settle - 1) * 1000))
      .map(
        ({ at, name, event }) =>
          `${name}: ${event} ${Number.isFinite(end) ? `${at.getTime() - end} ms after the mains ended` : 'while a main had not ended'}`,
      )
  })
}

/** When a main ended for good; it cannot write that down when it is killed. */
function endOf(main: string, pod: PodHistory, lines: Evidence['lines']): number {
  const own = lines.findLast(line => line.pod === latest(pod).metadata.uid && line.name === main)
  if (own?.event.startsWith('exit')) return own.at.getTime()
  const status = statuses(latest(pod)).find(({ name }) => name === main)
  return Date.parse(status?.state.terminated?.finishedAt ?? '') || Infinity
}

/** One after another; a sweep that only reports or fails in the same manner says so each time. */
function outcomes({ outcomes }: Evidence): string[] {
  const texts = outcomes.map(({ uid, result, way }) => [uid, result === 'ended' ? `ended by ${way}` : result] as const)
  const repeats = new Set(['reported', 'failed'])
  return texts
    .filter(([uid, text], index) => !(repeats.has(text) && texts.slice(0, index).some(before => before[0] === uid && before[1] === text)))
    .map(([, text]) => text)
}

function tried(evidence: Evidence): string[] {
  const attempts = evidence.outcomes.flatMap(outcome => outcome.tried)
  const errors = attempts.map(({ way, container, error }) => `${way} ${container ?? 'pod'}: ${error}`)
  return unique(errors).filter(error => relapses(evidence) === 0 || !error.includes('took the phase back'))
}

/** The last that says more than that a pod has finished. */
function lastVerdict({ verdict: expected }: Expectation, { verdicts }: Evidence): string {
  const texts = verdicts.map(({ decision, reason }) => `${decision} ${reason}`)
  return texts.findLast(text => isLike(text, expected) || !/already-finished|nothing-left-over/.test(text)) ?? 'none'
}

function warnings({ verdicts }: Evidence): string[] {
  return unique(verdicts.flatMap(verdict => verdict.warnings.map(({ code }) => code))).sort()
}

/** A sweep that a row ended by force says nothing. */
function strangeEnds({ exit, complaint, records, started }: Evidence['runs'][number]): string[] {
  const summary = records.find(record => record.kind === 'summary')
  const expected = summary && (summary.failed > 0 || summary.stopped !== null) ? 1 : 0
  if (exit === undefined || exit === 'SIGKILL' || (exit === 130 && summary) || (summary && exit === expected && complaint === '')) return []
  return [`the sweep of ${started.toISOString()} ended with ${exit}: ${complaint?.trim()}`]
}

const ours = ['sidecar-reaper/claim', 'sidecar-reaper/completed']

/** Between the first sight of a pod and the last, only its status changes, and our annotations; a finished pod stays finished. */
function strangeChanges({ versions }: PodHistory): string[] {
  const [first, last] = [versions[0], versions.at(-1)]
  if (!first || !last) return []
  const isBack = versions.some(({ status }) => isTerminal(status.phase)) && !isTerminal(last.status.phase)
  return [
    ...(isDeepStrictEqual(untouchable(first), untouchable(last))
      ? []
      : [`${last.metadata.name}: ${JSON.stringify([untouchable(first), untouchable(last)])}`]),
    ...(isBack ? [`${last.metadata.name} was finished and is ${last.status.phase}`] : []),
  ]
}

function untouchable({ metadata: { labels, annotations = {} }, spec }: Pod): object {
  const { nodeName: _, ...rest } = spec // the scheduler's
  return { labels, annotations: Object.fromEntries(Object.entries(annotations).filter(([key]) => !ours.includes(key))), spec: rest }
}

/** A sweep serves many rows: what it says of another's namespace is that row's. */
function ownLimits({ summaries, namespace }: Evidence): string[] {
  const isOurs = (limit: string): boolean => limit.includes(namespace) || !/(in namespace|of pod) \S/.test(limit)
  return unique(summaries.flatMap(({ limits }) => limits))
    .filter(isOurs)
    .sort()
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
