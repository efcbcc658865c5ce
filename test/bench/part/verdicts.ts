import { Bench } from 'tinybench'
import { POLICY_FILES } from '../../../runtime/files.ts'
import type { PodFacts } from '../../../runtime/facts.ts'
import type { Pod } from '../../../runtime/pod.ts'
import { loadPolicy, type Policy, type Surroundings } from '../../../runtime/policy.ts'
import { decodeSettings } from '../../../runtime/settings/decode.ts'
import { type Findings, median, row, type Row } from '../measure.ts'
import { everyday, finished, type Kind, LISTED_BY_SETTINGS, LISTINGS_IN_WORDS } from '../pods/mix.ts'
import { listPages, type ListOfPods } from '../pods/page.ts'

const PODS = 4_000
const ROUNDS = 7
const AROUND: Surroundings = { namespace: { name: 'bench', labels: { team: 'billing' } }, node: { ready: true } }

/** How many verdicts one core gives in a second, beside a JSON round trip of the same facts; and pods from the API's text on. */
export async function verdicts(): Promise<Findings> {
  const settings = decodeSettings({ sidecars: [LISTED_BY_SETTINGS] }, 'bench')
  const policy = await loadPolicy(POLICY_FILES, settings, { namespace: null, sweep: 'bench' })
  return {
    rows: [
      verdictRow(policy, '95 % with a running main', everyday, 80_000),
      verdictRow(policy, 'all finished', finished, 20_000),
      podRow(policy),
    ],
    notes: [
      `verdicts: per second of CPU time of the whole process (garbage collection included), which a busy machine distorts less than wall time; the median of ${ROUNDS} rounds in which value and reference take turns. ${PODS.toLocaleString('en-US')} distinct pods: ${LISTINGS_IN_WORDS}. pods: JSON.parse of pages of 500, facts, verdict.`,
    ],
  }
}

function verdictRow(policy: Policy, what: string, kind: (index: number) => Kind, atLeast: number): Row {
  const facts = pages(kind).flatMap(({ items }) => items.map(pod => policy.facts(pod)))
  const now = new Date()
  const [value, roundTrip] = perSecond(
    () => judgeAll(policy, facts, now),
    () => roundTripAll(facts),
  )
  return row({
    part: 'verdicts',
    what,
    value: { amount: value, unit: '/s' },
    reference: { what: 'JSON round trip of the facts', amount: roundTrip, unit: '/s' },
    target: { of: 'value', limit: atLeast, bound: 'at least' },
  })
}

function podRow(policy: Policy): Row {
  const texts = pages(everyday).map(page => JSON.stringify(page))
  const now = new Date()
  const [value, parse] = perSecond(
    () =>
      texts.forEach(text =>
        judgeAll(
          policy,
          parsed(text).map(pod => policy.facts(pod)),
          now,
        ),
      ),
    () => texts.forEach(text => void parsed(text)),
  )
  return row({
    part: 'pods',
    what: 'list pages to verdicts, 95 % with a running main',
    value: { amount: value, unit: '/s' },
    reference: { what: 'JSON.parse of the pages', amount: parse, unit: '/s' },
  })
}

/** Of pods, in CPU time, for work on all of them: that of the subject, then that of the reference. */
function perSecond(subject: () => void, reference: () => void): readonly [number, number] {
  const rates: readonly [number[], number[]] = [[], []]
  for (let round = 0; round <= ROUNDS; round++) {
    const bench = new Bench({ now: cpuMs, time: 400, iterations: 3, warmup: round === 0 })
    const tasks = bench.add('subject', subject).add('reference', reference).runSync()
    for (const [index, { result }] of tasks.entries()) {
      if (result.state !== 'completed') throw new Error(`Cannot measure: a task is ${result.state}`)
      if (round > 0) rates[index]?.push((PODS * 1000) / result.latency.mean)
    }
  }
  return [median(rates[0]), median(rates[1])]
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function judgeAll(policy: Policy, facts: readonly PodFacts[], now: Date): void {
  for (const one of facts) policy.verdict(one, AROUND, now)
}

function roundTripAll(facts: readonly PodFacts[]): void {
  for (const one of facts) JSON.parse(JSON.stringify(one))
}

function pages(kind: (index: number) => Kind): readonly ListOfPods[] {
  return [...listPages({ count: PODS, limit: 500, kind })]
}

function parsed(text: string): readonly Pod[] {
  return (JSON.parse(text) as ListOfPods).items // our own text, of just above
}
