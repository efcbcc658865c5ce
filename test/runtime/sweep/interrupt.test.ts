import t, { type Test } from 'tap'
import type { SweepRecord } from '../../../runtime/outcome.ts'
import type { Match } from '../../sandbox/fault.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { counts, finishedAt, POLITE, type Said, told, world } from './world.ts'

// Ctrl-C, wherever a sweep is: it still says what became of each pod it has seen.
t.jobs = 8

/** Every pod that a sweep spoke of has one last word, and the summary counts each of them once. */
function isWhole(t: Test, { records, outcomes, summary }: Said): void {
  const last = new Map<string, SweepRecord>()
  for (const record of records) if (record.kind !== 'summary') last.set(record.uid, record)
  const words = [...last.values()].map(record => (record.kind === 'verdict' ? record.decision : record.kind))
  t.equal(summary.pods, last.size)
  t.notOk(words.includes('end'), 'an end has an outcome')
  t.equal(new Set(outcomes.map(({ uid }) => uid)).size, outcomes.length)
  const { ended, reported, refused, failed, waiting, left } = summary
  t.equal(ended + reported + refused + failed + waiting + left, summary.pods)
  t.ok(summary.limits.includes('The sweep was interrupted'))
}

const places: readonly [string, Match, object][] = [
  ['the list of namespaces', { resource: 'namespaces' }, {}],
  ['the first page of the list', { verb: 'list', resource: 'pods', nth: 1 }, {}],
  ['a later page of the list', { verb: 'list', resource: 'pods', nth: 3 }, { pods: 8, waiting: 8 }],
  ['the patch that completes a pod', { verb: 'patch', name: 'p0' }, { pods: 12, ended: 10, waiting: 2 }],
  ['the look before a signal', { verb: 'get', resource: 'pods', name: 'p1' }, { pods: 12, ended: 10, waiting: 2 }],
  ['the exec', { resource: 'pods/exec', name: 'p1' }, { pods: 12, ended: 10, waiting: 2 }],
]

for (const [place, on, expected] of places) {
  t.test(`Ctrl-C during ${place}`, async t => {
    const { sandbox, stuck, sweep } = await world(t, { faults: [{ on, do: { kind: 'hang' } }] }, { pageSize: 4, callTimeoutMs: 60_000 })
    for (let index = 0; index < 10; index++) stuck(`p${index}`, index === 1 ? { exit: 0 } : {})
    stuck('pa', { exit: 0 })
    stuck('settling', { annotations: { 'sidecar-reaper/settle': '10s' }, change: finishedAt(new Date()) })
    const stop = new AbortController()
    let ended = 0
    const swept = sweep({ signal: stop.signal, onRecord: ({ kind }) => void (kind === 'outcome' && ended++) })
    await sandbox.waitFor(() => hasHung(sandbox, on) && ended === ('ended' in expected ? expected.ended : 0))
    stop.abort()
    const said = await swept
    isWhole(t, said)
    t.strictSame(counts(said), expected)
    t.strictSame(told(sandbox, 'settling'), [])
  })
}

function hasHung(sandbox: Sandbox, { nth = 1, ...on }: Match): boolean {
  const hung = sandbox.requests.filter(({ verb, resource, subresource, name }) => {
    const full = subresource === '' ? resource : `${resource}/${subresource}`
    return (on.verb ?? verb) === verb && (on.resource ?? full) === full && (on.name ?? name) === name
  })
  return hung.length >= Number(nth)
}

t.test('Ctrl-C while sidecars take their grace: what is under way is abandoned, what is completed is ended', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('slow', { graceSeconds: 30, proxy: { on: { TERM: 'ignore' } } })
  stuck('told', { graceSeconds: 30, exit: 0, proxy: { on: { TERM: 'ignore' } } })
  stuck('quick', { proxy: POLITE })
  const stop = new AbortController()
  const swept = sweep({ signal: stop.signal })
  await sandbox.waitFor(() => ['slow', 'told', 'quick'].every(name => told(sandbox, name).length === 1) && sandbox.events().length === 1)
  stop.abort()
  const said = await swept
  isWhole(t, said)
  t.strictSame(said.outcomes.map(({ pod, result }) => `${pod} ${result}`).toSorted(), ['quick ended', 'slow ended', 'told abandoned'])
  t.strictSame(counts(said), { pods: 3, ended: 2, waiting: 1 })
})

t.test('Ctrl-C before anything', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0')
  const said = await sweep({ signal: AbortSignal.abort() })
  isWhole(t, said)
  t.equal(said.records.length, 1)
  t.strictSame(sandbox.changes(), [])
})
