import type { AuditEntry } from './audit.ts'
import { isCommand } from './commands.ts'
import { equal, type Check } from './comparison.ts'
import type { Evidence } from './evidence.ts'
import { latest } from './history.ts'
import { relapses } from './relapse.ts'
import type { Calls, Expectation } from './row.ts'

/** Holds what the sweeps asked the API server for, and the Events that came of it, against what is expected. */
export function checkCalls(expectation: Expectation, evidence: Evidence): Check[] {
  const { calls, events } = evidence
  const expectedEvents = [...(expectation.events ?? eventsOf(expectation, evidence))].sort()
  const expectedCalls = { ...callsOf(expectation), ...expectation.calls }
  return [
    ...(calls === undefined
      ? []
      : [
          equal('the sweeps asked for no other change', [], calls.filter(entry => kindOf(entry) === undefined).map(textOf)),
          equal(
            'they asked as often as needed',
            expectedCalls,
            pick(withoutRelapses(counts(calls), expectedCalls, evidence), Object.keys(expectedCalls)),
          ),
        ]),
    ...(events === undefined ? [] : [equal('each Event once on the pod and on its Job', expectedEvents, onceRefused(events).sort())]),
  ]
}

const statusKeys = { 'sidecar-reaper/claim': 'claim', 'sidecar-reaper/completed': 'completion' } as const

/** What a call was for, or undefined when a sweep has no business to make it. */
function kindOf(entry: AuditEntry): 'claim' | 'completion' | 'exec' | 'forward' | 'event' | 'refused' | undefined {
  const { verb, objectRef, requestURI, requestObject } = entry
  const what = [verb, objectRef.resource, objectRef.subresource].filter(Boolean).join(' ')
  if (what === 'create events') return 'event'
  if (what === 'get pods exec' || what === 'create pods exec') {
    return isCommand(new URL(requestURI, 'https://server').searchParams.getAll('command')) ? 'exec' : undefined
  }
  if (what === 'get pods portforward' || what === 'create pods portforward') return 'forward'
  if (what !== 'patch pods status') return undefined
  if (entry.responseStatus?.code === 403) return 'refused' // and its body not even read
  const { metadata = {}, ...rest } = requestObject ?? {}
  const { annotations = {}, ...guard } = metadata
  const [key, ...others] = Object.keys(annotations)
  const kind = statusKeys[key as keyof typeof statusKeys] // undefined for any other
  const isGuarded = Object.keys(guard).join() === 'resourceVersion'
  const wanted = kind === 'completion' ? ['phase'] : []
  const isOurs =
    others.length === 0 && Object.keys(rest.status ?? {}).join() === wanted.join() && Object.keys(rest).every(key => key === 'status')
  return isGuarded && isOurs ? kind : undefined
}

function counts(calls: readonly AuditEntry[]): Calls {
  const well = calls.filter(({ responseStatus }) => (responseStatus?.code ?? 0) < 300)
  const count = (kind: string): number => well.filter(entry => kindOf(entry) === kind).length
  const tries = (kind: string): number => calls.filter(entry => kindOf(entry) === kind).length
  return { claims: count('claim'), completions: count('completion'), execs: tries('exec'), forwards: tries('forward') }
}

/** Each time that the kubelet took the phase back, completing the pod once more is right. */
function withoutRelapses(found: Calls, { completions = 0 }: Partial<Calls>, evidence: Evidence): Calls {
  const isExplained = found.completions > completions && found.completions <= completions + relapses(evidence)
  return isExplained ? { ...found, completions } : found
}

/** A refusal is said of each container id, and once more of a container that has none yet. */
function onceRefused(events: readonly string[]): string[] {
  return events.filter((event, index) => !event.endsWith('SidecarsRefused') || events.indexOf(event) === index)
}

function textOf({ verb, requestURI, requestObject }: AuditEntry): string {
  return `${verb} ${requestURI} ${JSON.stringify(requestObject ?? '')}`
}

/** One claim and as many execs or port-forwards as sidecars for each pod that was told, one patch for each that was completed, else nothing. */
function callsOf({ outcomes, tried, stories }: Expectation): Partial<Calls> {
  if (tried !== undefined || outcomes.some(outcome => /failed|vanished|abandoned/.test(String(outcome)))) return {}
  const count = (way: string): number => outcomes.filter(outcome => outcome === `ended by ${way}`).length
  const told = count('exec') + count('http') + count('signal')
  const signals =
    Object.values(stories)
      .join(' ')
      .match(/\b(TERM|INT|QUIT|HUP|USR1|USR2)\b/g)?.length ?? 0
  const calls = { claims: told, completions: count('complete'), forwards: count('http') }
  if (told > 0 && calls.completions > 0) return calls
  return { ...calls, execs: told === 0 ? 0 : count('exec') + signals }
}

const reasons: Readonly<Record<string, string>> = { failed: 'SidecarsFailed', reported: 'SidecarsLeftOver', reverted: 'SidecarsReverted' }

function eventsOf({ outcomes, verdict }: Expectation, { pods }: Evidence): string[] {
  const first = pods[0] && latest(pods[0])
  const regarding = first?.metadata.ownerReferences?.some(({ kind }) => kind === 'Job') ? ['Pod', 'Job'] : ['Pod']
  const said = outcomes.map(String).flatMap(outcome => (outcome.startsWith('ended') ? ['SidecarsEnded'] : (reasons[outcome] ?? [])))
  const all = String(verdict).startsWith('refuse') ? [...said, 'SidecarsRefused'] : said
  return all.flatMap(reason => regarding.map(kind => `${kind} ${reason}`))
}

function pick<T extends object>(object: T, keys: readonly string[]): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => keys.includes(key))) as Partial<T> // fewer of the same
}
