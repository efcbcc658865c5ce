import t from 'tap'
import type { Fault } from '../../sandbox/fault.ts'
import { calls, counts, inShort, results, type Said, told, world } from './world.ts'

// Two sweeps that see the same pods, and one that follows another that died.
t.jobs = 8

/** What both sweeps together said of each pod, by name. */
function together(...sweeps: readonly Said[]): readonly string[] {
  return sweeps
    .flatMap(said => [
      ...results(said),
      ...said.verdicts.filter(({ decision }) => decision !== 'end').map(({ pod, reason }) => `${pod} ${reason}`),
    ])
    .toSorted()
}

for (const [title, settings, by] of [
  ['all ways', {}, 'complete'],
  ['the signal alone', { ways: ['signal'] }, 'signal'],
  ['complete alone', { ways: ['complete'] }, 'complete'],
] as const) {
  t.test(`two sweeps at once with ${title}: every sidecar is told once, and each pod is ended by one of them`, async t => {
    // Long enough for both to have listed the pods before most of them end.
    const late: Fault = { on: { verb: 'patch' }, do: { kind: 'delay', ms: 100 } }
    const { sandbox, stuck, connect, sweep } = await world(t, { faults: [late] })
    const names = Array.from({ length: 10 }, (_, index) => `p${index}`)
    for (const name of names) stuck(name, { proxy: { on: { TERM: { exit: 0, delayMs: 200 } } } })
    const other = await connect()
    const [one, two] = await Promise.all([sweep({ settings }), sweep({ settings, cluster: other })])
    for (const name of names) t.strictSame(told(sandbox, name), [`proxy TERM ${by === 'signal' ? 'exec' : 'kubelet'}`], name)
    t.equal(one.summary.ended + two.summary.ended, 10)
    for (const { summary } of [one, two]) t.equal(summary.pods, summary.ended + summary.waiting + summary.left)
    t.equal(sandbox.events().length, 10, 'and one Event tells of it')
  })
}

t.test('a pod that another sweep claimed is waited for, until that one must have given up', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { exit: 0 })
  // A sweep that dies right after its claim: the exec never comes.
  const dying = new AbortController()
  const undo = sandbox.addFault({ on: { verb: 'get', resource: 'pods' }, do: { kind: 'hang' } })
  const died = sweep({ id: 'first', signal: dying.signal })
  await sandbox.waitFor(() => calls(sandbox).includes('get pods p0'))
  dying.abort()
  t.strictSame(results(await died), ['p0 abandoned'])
  undo()
  const second = await sweep()
  t.match(second.verdicts, [{ pod: 'p0', decision: 'wait', reason: 'claimed', again: Number }])
  t.strictSame(counts(second), { pods: 1, waiting: 1 })
  t.strictSame(told(sandbox, 'p0'), [])
  // Five minutes before `again`, which is the default of podDeadline, it was claimed.
  const claimedAt = (second.verdicts[0]?.again ?? 0) - 300
  await sandbox.waitFor(() => Date.now() / 1000 > claimedAt + 6, { deadlineMs: 15_000 }) // its grace and 5 s
  t.strictSame(results(await sweep({ settings: { podDeadline: '4s' } })), ['p0 ended complete'])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'], 'nobody knows whether it was told')
})

t.test('a claim that cannot be read is ignored and warned about', async t => {
  for (const claim of ['', '{', '[]', '{"at":"now"}', '{"at":9999999999,"by":"x","containers":{}}']) {
    const { stuck, sweep } = await world(t)
    stuck('p0', { annotations: { 'sidecar-reaper/claim': claim } })
    const said = await sweep()
    t.strictSame(results(said), ['p0 ended complete'])
    t.match(said.verdicts[0]?.warnings, claim === '' ? Object : [{ code: 'bad-claim' }])
  }
})

t.test('without the right to claim, two sweeps one after the other tell a sidecar once', async t => {
  const { sandbox, stuck, sweep } = await world(t, { denied: [{ resource: 'pods/status' }] })
  stuck('p0', { exit: 0 })
  const settings = { ways: ['signal'] }
  t.strictSame(results(await sweep({ settings })), ['p0 ended signal'])
  t.strictSame(together(await sweep({ settings })), [])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
})

t.test('every pod counts once, also those that changed while they were to be ended', async t => {
  const { sandbox, stuck, connect, sweep } = await world(t)
  stuck('p0')
  const other = await connect()
  sandbox.addFault({ on: { verb: 'patch', resource: 'pods/status' }, do: { kind: 'delay', ms: 50 } })
  const [one, two] = await Promise.all([sweep(), sweep({ cluster: other })])
  t.strictSame(together(one, two), ['p0 already-finished', 'p0 ended complete'])
  t.strictSame([one.summary.pods, two.summary.pods], [1, 1])
  t.strictSame(sandbox.changes().map(inShort).filter(change => change.startsWith('patch')).length, 2) // prettier-ignore
})
