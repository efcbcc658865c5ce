import t from 'tap'
import type { Behaviour } from '../../sandbox/behaviour.ts'
import type { Pod } from '../../sandbox/objects.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/sandbox.ts'
import { calls, counts, finishedAt, inShort, POLITE, results, type StuckOptions, told, type World, world } from './world.ts'

// Sidecars that wait for others: the network of the others is told after them, some are not told at all.
t.jobs = 8

/** Every pod that lists its sidecars has the mark. */
const marks = [{ annotation: 'sidecar-reaper/sidecars' }]
const TERM = { way: 'signal', signal: 'TERM', exit: 0 }

const catalogue = (withinSeconds: number) => ({
  mesh: {
    title: 'A mesh',
    names: ['mesh'],
    marks,
    ways: [{ way: 'http', port: { default: 15_000 }, path: '/quit', exit: 0 }, TERM],
    last: true,
  },
  fuse: { title: 'A file system', names: ['fuse'], marks, ways: [TERM], endsItself: { withinSeconds } },
})

const MESH: Behaviour = { listens: { 15_000: { 'POST /quit': { ends: { exit: 0 } } } }, on: { TERM: { exit: 0 } } }
const SLOW: Behaviour = { on: { TERM: { exit: 0, delayMs: 300 } } }
/** It ends by itself when the test says so, with that code, and otherwise not well. */
const selfish = (exit: number): Behaviour => ({ commands: [{ command: 'now', ends: { exit } }], on: { TERM: { exit: 143 } } })
/** It hears TERM and does nothing. */
const DEAF: Behaviour = { on: { TERM: 'ignore' } }

interface MeshedOptions extends StuckOptions {
  /** How long `fuse` may take to end by itself; long, so that nobody waits for it in vain. */
  readonly withinSeconds?: number
}

/** A pod with these sidecars, whose exit codes are known; and what ran when the mesh was told. */
async function meshed(
  t: Parameters<typeof world>[0],
  sidecars: Readonly<Record<string, Behaviour>>,
  { withinSeconds = 30, ...more }: MeshedOptions = {},
) {
  const running: (readonly string[])[] = []
  const onRequest: SandboxOptions['onRequest'] = ({ subresource, name }) => {
    if (subresource === 'portforward') running.push(alive(all.sandbox.pod('default', name)))
  }
  const all: World = await world(t, { onRequest })
  const exits = Object.keys(sidecars).map(name => [name, { exit: 0, grace: '0s' }])
  const annotations = { 'sidecar-reaper/containers': JSON.stringify(Object.fromEntries(exits)), ...more.annotations }
  all.stuck('p0', { sidecars, ...more, annotations })
  const settings = { catalogue: catalogue(withinSeconds) }
  return { ...all, running, sweep: () => all.sweep({ settings }) }
}

function alive(pod: Pod | undefined): readonly string[] {
  return (pod?.status.containerStatuses ?? []).flatMap(({ name, state }) => (state.running ? [name] : []))
}

function wasForwarded(sandbox: Sandbox): boolean {
  return calls(sandbox).includes('get pods/portforward p0')
}

t.test('the mesh is told last, once all others have ended', async t => {
  const { sandbox, running, sweep } = await meshed(t, { mesh: MESH, a: SLOW, b: POLITE })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', tried: [], containers: [{ exit: 0 }, { exit: 0 }, { exit: 0 }] }])
  t.strictSame(running, [['mesh']])
  t.strictSame(told(sandbox, 'p0').toSorted(), ['a TERM exec', 'b TERM exec'])
  t.equal(calls(sandbox).filter(call => call === 'patch pods/status p0').length, 1, 'all under one claim')
})

t.test('the mesh is not told after another sidecar that did not end: the pod is completed', async t => {
  const { sandbox, running, sweep } = await meshed(t, { mesh: MESH, a: DEAF, b: POLITE })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', way: 'complete', containers: [{ name: 'mesh' }, { name: 'a' }, { name: 'b', exit: 0 }] }])
  t.strictSame(said.outcomes[0]?.tried, [{ way: 'signal', container: 'a', error: 'it still runs 5 s after it was told' }])
  t.strictSame(running, [])
  t.strictSame(told(sandbox, 'p0').filter(one => one.startsWith('mesh')), ['mesh TERM kubelet']) // prettier-ignore
})

t.test('the mesh is not told after another one that could not be told', async t => {
  const { sandbox, sweep } = await meshed(t, { mesh: MESH, a: { missing: ['kill', 'sh'] } })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', way: 'complete', tried: [{ way: 'signal', container: 'a', error: /by a shell/ }] }])
  t.notOk(wasForwarded(sandbox))
})

t.test('a mesh alone is told at once', async t => {
  const { sandbox, sweep } = await meshed(t, { mesh: MESH })
  t.strictSame(results(await sweep()), ['p0 ended http'])
  t.strictSame(calls(sandbox), ['patch pods/status p0', 'get pods p0', 'get pods/portforward p0'])
})

t.test('a mesh whose first way fails is told by the next, in its turn', async t => {
  const { sandbox, sweep } = await meshed(t, { mesh: POLITE, a: SLOW })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', way: 'signal', tried: [{ way: 'http', container: 'mesh', error: /nobody listens/ }] }])
  t.strictSame(told(sandbox, 'p0'), ['a TERM exec', 'mesh TERM exec'])
})

/** `fuse` ends as soon as `a` has. */
async function fuseEnds({ sandbox, cluster }: World): Promise<void> {
  await sandbox.waitFor(() => !alive(sandbox.pod('default', 'p0')).includes('a'), { deadlineMs: 20_000 })
  await cluster.exec({ namespace: 'default', name: 'p0', container: 'fuse' }, ['now'], new AbortController().signal)
}

t.test('a sidecar that ends by itself is waited for, and told nothing', async t => {
  const all = await meshed(t, { fuse: selfish(0), mesh: MESH, a: POLITE })
  const [said] = await Promise.all([all.sweep(), fuseEnds(all)])
  t.match(said.outcomes, [{ result: 'ended', way: 'signal', tried: [], containers: [{ exit: 0 }, { exit: 0 }, { exit: 0 }] }])
  t.strictSame(told(all.sandbox, 'p0'), ['a TERM exec'])
  t.ok(wasForwarded(all.sandbox), 'the mesh is not held up by it')
  t.equal(all.sandbox.pod('default', 'p0')?.status.phase, 'Succeeded')
})

t.test('a sidecar that does not end by itself in its time: the pod is completed', async t => {
  const { sandbox, sweep } = await meshed(t, { fuse: POLITE, a: POLITE }, { withinSeconds: 1 })
  const said = await sweep()
  t.match(said.outcomes, [
    {
      result: 'ended',
      way: 'complete',
      tried: [{ way: null, container: 'fuse', error: 'it did not end by itself within 1 s' }],
      containers: [
        { name: 'fuse', exit: 0 },
        { name: 'a', exit: 0 },
      ],
    },
  ])
  t.strictSame(told(sandbox, 'p0'), ['a TERM exec', 'fuse TERM kubelet'])
})

t.test('nobody waits for one that ends by itself after another that did not', async t => {
  const { sweep } = await meshed(t, { fuse: selfish(0), a: { missing: ['kill', 'sh'] } })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', way: 'complete' }])
  t.strictSame(said.outcomes[0]?.tried.map(({ container }) => container), ['a']) // prettier-ignore
})

t.test('one that ends by itself with another code than its pod can take', async t => {
  const all = await meshed(t, { fuse: selfish(2), a: POLITE })
  const [said] = await Promise.all([all.sweep(), fuseEnds(all)])
  t.match(said.outcomes, [{ result: 'ended', phase: 'Failed', expected: 'Succeeded', containers: [{ exit: 2 }, { exit: 0 }] }])
  t.equal(Reflect.get(all.sandbox.events()[0] ?? {}, 'reason'), 'SidecarsEndedDirty')
})

t.test('one that ends by itself and is alone gets its time: nothing is done in this sweep', async t => {
  const { sandbox, sweep } = await meshed(t, { fuse: POLITE }, { change: finishedAt(new Date()) })
  const said = await sweep()
  t.match(said.verdicts, [{ decision: 'wait', reason: 'ends-itself' }])
  t.strictSame(counts(said), { pods: 1, waiting: 1 })
  t.strictSame(sandbox.changes().map(inShort), [])
})
