import { isDeepStrictEqual } from 'node:util'
import type { Finding, Template } from '../review.ts'
import type { ContainerVerdict, Verdict, Way } from '../verdict.ts'
import type { ExpectedFinding, ExpectedReview, ExpectedVerdict, ExpectedWay } from './schema.ts'

/** What of a verdict is not as expected, a line each; what is not mentioned may be as it likes. */
export function verdictDifferences(expected: ExpectedVerdict, verdict: Verdict): readonly string[] {
  const { decision, message, warnings, containers } = verdict
  const { mains, sidecars, leftOver, ways = {}, warnings: codes, ...plain } = expected
  return [
    ...Object.entries(plain).flatMap(([key, wanted]) => {
      const got = verdict[key as keyof typeof plain]
      if (wanted === got) return []
      return [`${key}: expected ${word(wanted)}, got ${word(got)}${key === 'decision' ? `: ${message}` : ''}`]
    }),
    ...roleDifferences({ mains, sidecars }, containers),
    ...setDifferences(
      'leftOver',
      leftOver,
      namesOf(containers, container => container.left_over),
    ),
    ...Object.entries(ways).flatMap(([name, wanted]) => wayDifferences(name, wanted, { containers, decision })),
    ...setDifferences(
      'warnings',
      codes,
      warnings.map(({ code }) => code),
    ),
  ]
}

/** What of a review is not as expected, a line each: `findings` are all of them, in any order. */
export function reviewDifferences(
  { findings: wanted, mains, sidecars }: ExpectedReview,
  { findings, templates }: { readonly findings: readonly Finding[]; readonly templates: readonly Template[] },
): readonly string[] {
  return [
    ...roleDifferences(
      { mains, sidecars },
      templates.flatMap(template => template.containers),
    ),
    ...(wanted === undefined ? [] : findingDifferences(wanted, findings)),
  ]
}

/** Who is a main and who a sidecar, as far as that is expected. */
function roleDifferences(
  { mains, sidecars }: Pick<ExpectedReview, 'mains' | 'sidecars'>,
  containers: readonly { readonly name: string; readonly role: string }[],
): readonly string[] {
  const names = (wanted: string) => namesOf(containers, ({ role }) => role === wanted)
  return [...setDifferences('mains', mains, names('main')), ...setDifferences('sidecars', sidecars, names('sidecar'))]
}

function namesOf<T extends { readonly name: string }>(containers: readonly T[], isWanted: (container: T) => boolean): readonly string[] {
  return containers.filter(isWanted).map(({ name }) => name)
}

function setDifferences(key: string, expected: readonly string[] | undefined, got: readonly string[]): readonly string[] {
  if (expected === undefined) return []
  const [wanted, found] = [expected, got].map(names => [...new Set(names)].toSorted()) as [string[], string[]] // two in, two out
  return isDeepStrictEqual(wanted, found) ? [] : [`${key}: expected ${listed(wanted)}, got ${listed(found)}`]
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? 'none' : names.join(', ')
}

function word(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? null)
}

function wayDifferences(
  name: string,
  wanted: readonly ExpectedWay[],
  { containers, decision }: Pick<Verdict, 'decision'> & { readonly containers: readonly ContainerVerdict[] },
): readonly string[] {
  const container = containers.find(one => one.name === name)
  if (container === undefined) return [`ways.${name}: the pod has no such container`]
  const { ways } = container
  if (ways.length === wanted.length && ways.every((way, index) => isWay(way, wanted[index]))) return []
  const why = decision === 'end' || ways.length > 0 ? '' : ': only a pod that is ended has ways'
  return [`ways.${name}: expected ${wayList(wanted)}, got ${wayList(ways)}${why}`]
}

function isWay(way: Way, wanted: ExpectedWay | undefined): boolean {
  if (typeof wanted !== 'object') return way.way === wanted
  return Object.entries(wanted).every(([key, value]) => isDeepStrictEqual(way[key as keyof Way], value))
}

function wayList(ways: readonly (ExpectedWay | Way)[]): string {
  return ways.length === 0 ? 'none' : ways.map(way => (typeof way === 'string' ? way : JSON.stringify(way))).join(', ')
}

type WantedFinding = Exclude<ExpectedFinding, string>

function findingDifferences(expected: readonly ExpectedFinding[], found: readonly Finding[]): readonly string[] {
  // Those that say most choose first, or a vague one would take what only they can have.
  const wanted = expected
    .map(one => (typeof one === 'string' ? { rule: one } : one))
    .toSorted((a, b) => Object.keys(b).length - Object.keys(a).length)
  const left = [...found]
  const missing = wanted.filter(one => {
    const index = left.findIndex(finding => isFinding(finding, one))
    if (index >= 0) left.splice(index, 1)
    return index < 0
  })
  return [
    ...missing.map(one => `findings: expected ${wantedWords(one)}, not found`),
    ...left.map(
      ({ rule, severity, message, exception }) => `findings: not expected: ${exception ? 'excepted ' : ''}${severity} ${rule}: ${message}`,
    ),
  ]
}

function isFinding(finding: Finding, { rule, severity, container, message, excepted = false }: WantedFinding): boolean {
  return (
    finding.rule === rule &&
    (severity === undefined || finding.severity === severity) &&
    (container === undefined || finding.container === container) &&
    (message === undefined || finding.message.includes(message)) &&
    (finding.exception !== undefined) === excepted
  )
}

function wantedWords({ rule, ...rest }: WantedFinding): string {
  const words = Object.entries(rest).map(([key, value]) => `${key} ${JSON.stringify(value)}`)
  return words.length === 0 ? rule : `${rule} (${words.join(', ')})`
}
