import t from 'tap'
import type { Effect, Fault, Match } from '../../sandbox/fault.ts'
import type { ContainerState, PodManifest } from '../../sandbox/objects.ts'
import type { SandboxOptions } from '../../sandbox/sandbox.ts'
import { calls, counts, finishedAt, POLITE, results, told, world } from './world.ts'

// What goes wrong, and what a sweep makes of it. Each test has a cluster of its own, so they run side by side: most of
// their time they wait for a deadline.
t.jobs = 16

const fault = (on: Match, effect: Effect): SandboxOptions => ({ faults: [{ on, do: effect }] })
const faults = (...all: readonly Fault[]): SandboxOptions => ({ faults: all })
const answer = (status: number, headers?: Readonly<Record<string, string>>): Effect => ({
  kind: 'answer',
  status,
  ...(headers && { headers }),
})
const exec: Match = { resource: 'pods/exec' }
const patch: Match = { verb: 'patch', resource: 'pods/status' }
const signalOnly = { settings: { ways: ['signal'] } }

t.test('403 on pods/status: the sidecar is told without a claim, and that is said once', async t => {
  const { sandbox, stuck, sweep } = await world(t, { denied: [{ verb: 'patch', resource: 'pods/status' }] })
  for (const name of ['p0', 'p1', 'p2']) stuck(name, { exit: 0 })
  const said = await sweep()
  t.strictSame(results(said), ['p0 ended signal', 'p1 ended signal', 'p2 ended signal'])
  t.equal(said.summary.limits.length, 1)
  t.match(
    said.summary.limits[0],
    /^Pods are not claimed, so sweeps .* twice: .* needs verb patch on resource pods\/status \(core API group\), in namespace default/,
  )
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
})

t.test('403 on pods/status with complete as the only way: failed, with the right that is missing', async t => {
  const { sandbox, stuck, sweep } = await world(t, { denied: [{ verb: 'patch', resource: 'pods/status' }] })
  stuck('p0')
  const said = await sweep()
  t.match(said.outcomes, [
    { result: 'failed', way: null, tried: [{ way: 'complete', container: null, error: /needs verb patch on resource pods\/status/ }] },
  ])
  t.strictSame(told(sandbox, 'p0'), [])
  t.strictSame(counts(said), { pods: 1, failed: 1 })
})

t.test('403 on pods/exec: the next way is taken at once, else it failed', async t => {
  const { sandbox, stuck, sweep } = await world(t, { denied: [{ resource: 'pods/exec' }] })
  stuck('p0', { exit: 0 })
  const alone = await sweep(signalOnly)
  t.match(alone.outcomes, [
    { result: 'failed', tried: [{ way: 'signal', container: 'proxy', error: /needs verb create/ }], seconds: Number },
  ])
  t.ok((alone.outcomes[0]?.seconds ?? 9) < 5, 'what was refused is not waited for')
  t.strictSame(told(sandbox, 'p0'), [])
  const { uid } = sandbox.pod('default', 'p0')?.metadata ?? {}
  const claim = { settings: { podDeadline: '1s' } }
  await sandbox.waitFor(() => Date.now() / 1000 > claimedAt(sandbox, 'p0') + 6, { deadlineMs: 15_000 })
  t.match((await sweep(claim)).outcomes, [{ uid, result: 'ended', way: 'complete', tried: [] }])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
  stuck('p1', { exit: 0 })
  t.match((await sweep()).outcomes, [{ result: 'ended', way: 'complete', tried: [{ way: 'signal', error: /needs verb create/ }] }])
  t.strictSame(told(sandbox, 'p1'), ['proxy TERM kubelet'])
})

function claimedAt(sandbox: Awaited<ReturnType<typeof world>>['sandbox'], name: string): number {
  return Number(JSON.parse(sandbox.pod('default', name)?.metadata.annotations?.['sidecar-reaper/claim'] ?? '{}').at)
}

t.test('403 on the list: no sweep; on some namespaces: the others are swept and the summary counts them', async t => {
  const all = await world(t, { denied: [{ verb: 'list', resource: 'pods' }] })
  await t.rejects(all.sweep(), { code: 'forbidden', message: /needs verb list on resource pods/ })
  await t.rejects(all.sweep({ scope: {} }), { code: 'forbidden' }, 'nor when no namespace may be read')
  const some = await world(t, {
    denied: [
      { verb: 'list', resource: 'pods', namespace: '' },
      { resource: 'pods', namespace: 'b' },
    ],
  })
  for (const namespace of ['a', 'b', 'c']) some.stuck('p0', { namespace })
  const said = await some.sweep({ scope: {} })
  t.strictSame(said.outcomes.map(({ namespace, result }) => `${namespace} ${result}`).toSorted(), ['a ended', 'c ended'])
  t.strictSame(counts(said), { pods: 2, ended: 2, forbidden: 1 })
  t.match(said.summary.limits, [/^Not every namespace could be read: Cannot list pods in namespace b: needs verb list/])
  t.strictSame(told(some.sandbox, 'p0', 'b'), [])
})

t.test('403 on nodes, namespaces, watch and Events: each is said once, and the sweep goes on', async t => {
  const denied = [{ resource: 'nodes' }, { resource: 'namespaces' }, { resource: 'events' }, { verb: 'watch' }]
  const { stuck, sweep } = await world(t, { denied })
  for (const name of ['p0', 'p1', 'p2']) stuck(name)
  const said = await sweep()
  t.strictSame(counts(said), { pods: 3, ended: 3 })
  t.strictSame(said.summary.limits.map(limit => limit.replace(/:.*/, '')).toSorted(), [
    'Not every Event was written',
    'Pods on nodes that are not Ready are not left alone',
    'The namespace label sidecar-reaper/enabled is not heeded',
    'The watch of the pods was lost, so each was asked for',
  ])
})

t.test('409: the pod is judged again, and completed as it is then', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault({ ...patch, nth: 1 }, answer(409)))
  stuck('p0')
  t.strictSame(results(await sweep()), ['p0 ended complete'])
  t.strictSame(calls(sandbox).toSpliced(-1), ['patch pods/status p0', 'get pods p0', 'get pods p0'])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
})

t.test('409 without end: the pod is abandoned after a few tries', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault(patch, answer(409)))
  stuck('p0', { exit: 0 })
  t.strictSame(results(await sweep()), ['p0 abandoned'])
  t.strictSame(told(sandbox, 'p0'), [])
  t.ok(calls(sandbox).length < 20)
})

t.test('409 of a patch whose first try landed unseen: it counts as accepted', async t => {
  // The answer is cut, so the client sends the patch again, which the guard refuses.
  const { sandbox, stuck, sweep } = await world(t, fault({ ...patch, nth: 1 }, { kind: 'cut', afterBytes: 0 }))
  stuck('p0', { proxy: { on: { TERM: { exit: 0, delayMs: 100 } } } })
  const said = await sweep()
  t.strictSame(results(said), ['p0 ended complete'])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
})

t.test('409 of a claim whose first try landed unseen: the pod is told once', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault({ ...patch, nth: 1 }, { kind: 'cut', afterBytes: 0 }))
  stuck('p0', { exit: 0 })
  t.strictSame(results(await sweep()), ['p0 ended signal'])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
})

t.test('a patch that is never answered, but landed: the pod itself is asked', async t => {
  const { sandbox, stuck, sweep } = await world(t, {}, { callTimeoutMs: 1000 })
  stuck('p0', { proxy: { on: { TERM: { exit: 0, delayMs: 1800 } } }, graceSeconds: 5 })
  sandbox.addFault({ on: { ...patch, nth: 1 }, do: { kind: 'cut', afterBytes: 0 } })
  sandbox.addFault({ on: { ...patch, nth: [2, 3, 4, 5, 6] }, do: { kind: 'hang' } })
  t.strictSame(results(await sweep()), ['p0 ended complete'])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
})

t.test('410 in mid-list: the list begins again, and no pod is judged or ended twice', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault({ verb: 'list', url: /continue=\w/, nth: 2 }, answer(410)), { pageSize: 2 })
  for (let index = 0; index < 5; index++) stuck(`p${index}`, index % 2 === 0 ? {} : { annotations: { 'sidecar-reaper/ignore': 'true' } })
  const said = await sweep()
  t.strictSame(said.verdicts.map(({ pod }) => pod).toSorted(), ['p0', 'p1', 'p2', 'p3', 'p4'])
  t.strictSame(results(said), ['p0 ended complete', 'p2 ended complete', 'p4 ended complete'])
  t.strictSame(counts(said), { pods: 5, ended: 3, left: 2 })
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
})

t.test('429 with Retry-After: every call is made again, after the pause', async t => {
  const slow = answer(429, { 'retry-after': '1' })
  const { sandbox, stuck, sweep } = await world(
    t,
    faults({ on: { verb: 'list', resource: 'pods', nth: 1 }, do: slow }, { on: { ...patch, nth: 1 }, do: slow }),
    {
      callTimeoutMs: 5000,
    },
  )
  stuck('p0')
  const began = performance.now()
  t.strictSame(results(await sweep()), ['p0 ended complete'])
  t.ok(performance.now() - began > 1900)
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
})

t.test('500 on reads is tried again; on every read of one pod, that pod alone fails', async t => {
  const { sandbox, stuck, sweep } = await world(
    t,
    faults(
      { on: { verb: 'list', resource: 'pods', nth: 1 }, do: answer(500) },
      { on: { verb: 'get', resource: 'pods', name: 'bad' }, do: answer(500) },
    ),
  )
  stuck('bad', { exit: 0 })
  stuck('good', { exit: 0 })
  const said = await sweep()
  t.strictSame(results(said), ['bad failed', 'good ended signal'])
  t.match(said.outcomes.find(({ pod }) => pod === 'bad')?.tried, [
    { way: 'signal', error: /Cannot read pod default\/bad: .* answered 500/ },
    { error: /500/ },
  ])
  t.strictSame(told(sandbox, 'bad'), [])
  t.strictSame(counts(said), { pods: 2, ended: 1, failed: 1 })
})

t.test('500 on a patch: it is sent again', async t => {
  for (const status of [500, 502, 504]) {
    const { sandbox, stuck, sweep } = await world(t, fault({ ...patch, nth: 1 }, answer(status)))
    stuck('p0')
    t.strictSame(results(await sweep()), ['p0 ended complete'])
    t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
  }
})

t.test('500 on every try of a patch: failed, nothing was told, and the next sweep ends the pod', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault({ ...patch, nth: [1, 2, 3, 4, 5] }, answer(500)))
  stuck('p0')
  t.match((await sweep()).outcomes, [{ result: 'failed', tried: [{ way: 'complete', error: /answered 500 .*\(5 tries\)$/ }] }])
  t.strictSame(told(sandbox, 'p0'), [])
  t.strictSame(results(await sweep()), ['p0 ended complete'])
})

t.test('a connection cut in mid-body is no half a list', async t => {
  const { stuck, sweep } = await world(t, fault({ verb: 'list', resource: 'pods', nth: 1 }, { kind: 'cut', afterBytes: 700 }))
  for (const name of ['p0', 'p1']) stuck(name)
  t.strictSame(counts(await sweep()), { pods: 2, ended: 2 })
})

t.test('a watch that is lost, refused or silent: each pod is asked for', async t => {
  const lost: readonly Effect[] = [answer(410), answer(500), answer(403), { kind: 'close-watch', afterEvents: 1 }]
  for (const effect of lost) {
    const { sandbox, stuck, sweep } = await world(t, fault({ verb: 'watch' }, effect))
    stuck('p0', { proxy: { on: { TERM: { exit: 0, delayMs: 300 } } } })
    stuck('p1', { exit: 0 })
    const said = await sweep()
    t.strictSame(results(said), ['p0 ended complete', 'p1 ended signal'])
    t.strictSame([told(sandbox, 'p0'), told(sandbox, 'p1')], [['proxy TERM kubelet'], ['proxy TERM exec']])
    if (effect.kind === 'answer') t.match(said.summary.limits, [/^The watch of the pods was lost, so each was asked for: /])
  }
})

t.test('a watch that falls silent: a last look shows what happened', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault({ verb: 'watch' }, { kind: 'silent-watch' }))
  stuck('p0', { exit: 0, annotations: { 'sidecar-reaper/containers': '{"proxy": {"exit": 0, "grace": "0s"}}' }, graceSeconds: 0 })
  t.strictSame(results(await sweep()), ['p0 ended signal'])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
})

t.test('an exec that never answers though the signal landed: the status is the truth', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault(exec, { kind: 'exec', deliver: true, answer: 'never' }), { callTimeoutMs: 1000 })
  stuck('p0', { exit: 0 })
  const said = await sweep(signalOnly)
  t.match(said.outcomes, [{ result: 'ended', way: 'signal', tried: [], containers: [{ exit: 0 }] }])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
})

t.test('an exec that never answers and did nothing: the next way', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault(exec, { kind: 'exec', deliver: false, answer: 'never' }), { callTimeoutMs: 1000 })
  stuck('p0', { exit: 0, graceSeconds: 0 })
  const said = await sweep()
  t.match(said.outcomes, [
    {
      result: 'ended',
      way: 'complete',
      tried: [
        { way: 'signal', error: /no complete answer .* within 1 s/ },
        { way: 'signal', error: 'it still runs 5 s after it was told' },
      ],
    },
  ])
  t.strictSame(told(sandbox, 'p0').slice(0, 1), ['proxy TERM kubelet'])
})

t.test('an exec that answers Success although nothing died: the next way, or failed', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault(exec, { kind: 'exec', deliver: false, answer: 'success' }))
  stuck('p0', { exit: 0, graceSeconds: 0 })
  const said = await sweep(signalOnly)
  t.match(said.outcomes, [
    {
      result: 'failed',
      way: null,
      tried: [{ way: 'signal', container: 'proxy', error: 'it still runs 5 s after it was told' }],
      containers: [{ exit: null }],
    },
  ])
  t.strictSame(counts(said), { pods: 1, failed: 1 })
  t.strictSame(told(sandbox, 'p0'), [])
})

t.test('an exec that answers 137, or breaks, though the signal landed', async t => {
  for (const how of [{ exit: 137 }, { exit: 143 }, 'cut'] as const) {
    const { sandbox, stuck, sweep } = await world(t, fault(exec, { kind: 'exec', deliver: true, answer: how }))
    stuck('p0', { exit: 0 })
    t.strictSame(results(await sweep(signalOnly)), ['p0 ended signal'])
    t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
  }
})

t.test('a phase that is reverted: reverted when nothing else is left, else the next way', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault(patch, { kind: 'revert' }))
  stuck('p0')
  const said = await sweep()
  t.match(said.outcomes, [
    { pod: 'p0', result: 'reverted', way: null, tried: [{ way: 'complete', error: 'the kubelet took the phase back' }] },
  ])
  t.strictSame(counts(said), { pods: 1, failed: 1 })
  t.strictSame([told(sandbox, 'p0'), sandbox.pod('default', 'p0')?.status.phase], [[], 'Running'])
})

t.test('a pod that is reverted is signalled where that is clean', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault(patch, { kind: 'revert' }))
  // The crash-looping one makes complete come first; the polite one can be told.
  stuck('p0', { exit: 0, sidecars: { a: POLITE, b: { exitAfterMs: 1, exit: 0 } }, graceSeconds: 0 })
  await sandbox.waitFor(() => sandbox.pod('default', 'p0')?.status.containerStatuses?.[2]?.state.terminated)
  t.strictSame(results(await sweep()), ['p0 ended signal'])
})

t.test('a pod that vanishes before the patch, and one that comes back under its name, are not touched', async t => {
  for (const kind of ['vanish', 'recreate'] as const) {
    for (const exit of [0, undefined]) {
      const { sandbox, stuck, sweep } = await world(t, fault({ ...patch, nth: 1 }, { kind, pod: 'default/p0' }))
      stuck('p0', exit === undefined ? {} : { exit })
      const said = await sweep()
      t.strictSame(results(said), ['p0 vanished'])
      t.strictSame(counts(said), { pods: 1, left: 1 })
      t.strictSame(told(sandbox, 'p0'), [], `${kind} ${exit}`)
    }
  }
})

t.test('a pod that vanishes, or is replaced, between claim and signal: nobody is signalled', async t => {
  for (const kind of ['vanish', 'recreate'] as const) {
    const { sandbox, stuck, sweep } = await world(t, fault({ verb: 'get', resource: 'pods', nth: 1 }, { kind, pod: 'default/p0' }))
    stuck('p0', { exit: 0 })
    t.strictSame(results(await sweep()), ['p0 vanished'])
    t.strictSame(told(sandbox, 'p0'), [], kind)
    t.notOk(calls(sandbox).some(call => call.includes('exec')))
  }
})

t.test('a pod that vanishes while it ends', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { exit: 0, proxy: { on: { TERM: 'ignore' } }, graceSeconds: 30 })
  const swept = sweep()
  await sandbox.waitFor(() => told(sandbox, 'p0').length > 0)
  sandbox.addFault({ on: { verb: 'get', resource: 'nodes' }, do: { kind: 'vanish', pod: 'default/p0' } })
  await fetch(`${sandbox.url}/api/v1/nodes/x`, { headers: { authorization: `Bearer ${sandbox.token}` } })
  t.strictSame(results(await swept), ['p0 vanished'])
})

/** Before such a request the proxy of p0 restarts, and the kubelet has said so when it is answered. */
function restarted(on: Match): SandboxOptions {
  return faults({ on, do: { kind: 'restart', pod: 'default/p0', container: 'proxy' } }, { on, do: { kind: 'delay', ms: 50 } })
}

t.test('a container that restarts between claim and signal is not signalled for the old one', async t => {
  const { sandbox, stuck, sweep } = await world(t, restarted({ verb: 'get', resource: 'pods', nth: 1 }))
  stuck('p0', { exit: 0 })
  const said = await sweep()
  t.strictSame(results(said), ['p0 ended signal'])
  // The look before the exec shows another container: the pod is judged and claimed again, and the new one is told.
  const claimAndTell = ['patch pods/status p0', 'get pods p0', 'get pods/exec p0']
  t.strictSame(calls(sandbox), ['patch pods/status p0', 'get pods p0', 'get pods p0', ...claimAndTell])
  const signals = sandbox.signals('default', 'p0').map(({ containerID }) => containerID)
  t.strictSame(signals, [said.outcomes[0]?.containers[0]?.containerID])
  t.not(signals[0], `containerd://${'b'.repeat(64)}`)
})

t.test('a container that restarts before the claim, or before the patch that completes its pod: both are refused', async t => {
  const claimed = await world(t, restarted({ ...patch, nth: 1 }))
  claimed.stuck('p0', { exit: 0 })
  t.strictSame(results(await claimed.sweep()), ['p0 ended signal'])
  const patches = calls(claimed.sandbox).filter(call => call === 'patch pods/status p0')
  t.strictSame([patches.length, told(claimed.sandbox, 'p0')], [2, ['proxy TERM exec']])
  const completed = await world(t, restarted({ ...patch, nth: 1 }))
  completed.stuck('p0')
  t.strictSame(results(await completed.sweep()), ['p0 ended complete'])
  t.strictSame(told(completed.sandbox, 'p0'), ['proxy TERM kubelet'])
})

t.test('a container that restarts unseen, with the exec itself: that the old one has ended is no success', async t => {
  const { sandbox, stuck, sweep } = await world(t, restarted({ ...exec, nth: 1 }))
  stuck('p0', { exit: 0, proxy: { on: { TERM: 'ignore' } } })
  const said = await sweep()
  t.match(said.outcomes, [
    { result: 'ended', way: 'complete', tried: [{ way: 'signal', error: 'it ended, and the kubelet starts it again' }] },
  ])
  t.equal(sandbox.pod('default', 'p0')?.status.phase, 'Succeeded')
})

t.test('a sidecar that exits otherwise than it said and is started again: complete ends it', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  const proxy = { on: { TERM: { exit: 143 } } }
  stuck('p0', { exit: 0, proxy, change: pod => ({ ...pod, spec: { ...pod.spec, restartPolicy: 'OnFailure' } }) })
  const said = await sweep()
  t.match(said.outcomes, [
    { result: 'ended', way: 'complete', tried: [{ way: 'signal', error: 'it ended, and the kubelet starts it again' }] },
  ])
  t.equal(sandbox.pod('default', 'p0')?.status.phase, 'Succeeded')
  t.strictSame(told(sandbox, 'p0').slice(0, 1), ['proxy TERM exec'])
})

t.test('a sidecar that is started again is no success either where nothing else is left to try', async t => {
  for (const exit of [{ exit: 0 }, {}]) {
    const { sandbox, stuck, sweep } = await world(t)
    const change = (pod: PodManifest): PodManifest => ({ ...pod, spec: { ...pod.spec, restartPolicy: 'OnFailure' } })
    stuck('p0', { ...exit, proxy: { on: { TERM: { exit: 143 } } }, change })
    const said = await sweep(signalOnly)
    t.match(said.outcomes, [
      { result: 'failed', way: null, tried: [{ way: 'signal', error: 'it ended, and the kubelet starts it again' }] },
    ])
    t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
  }
})

const FAILED: ContainerState = { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-01-01T00:00:00Z' } }

/** The pod with other states of the containers of these names. */
function withStates(states: Readonly<Record<string, ContainerState>>): (pod: PodManifest) => PodManifest {
  return pod => {
    const all = pod.status?.containerStatuses ?? []
    const containerStatuses = all.map(one => ({ ...one, state: states[one.name] ?? one.state }))
    return { ...pod, status: { ...pod.status, containerStatuses } }
  }
}

t.test('a failed main with a sidecar that runs and one that never started: told, then completed', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  const change = withStates({ main: FAILED, b: { waiting: { reason: 'ImagePullBackOff' } } })
  stuck('p0', { sidecars: { a: POLITE, b: { pull: 'fails' } }, change })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', way: 'complete', tried: [] }])
  t.strictSame(told(sandbox, 'p0'), ['a TERM exec'])
  t.equal(sandbox.pod('default', 'p0')?.status.phase, 'Failed')
})

t.test('a node that takes no connection is left out after two calls; its pods can still be completed', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  sandbox.addNode('dead')
  for (let index = 0; index < 8; index++)
    stuck(`dead${index}`, { exit: 0, change: pod => ({ ...pod, spec: { ...pod.spec, nodeName: 'dead' } }) })
  stuck('good', { exit: 0 })
  sandbox.addFault({
    on: { ...exec, node: 'dead' },
    do: { kind: 'answer', status: 500, message: 'error dialing backend: dial tcp 192.0.2.1:10250: i/o timeout' },
  })
  const said = await sweep({ settings: { ways: ['signal'], perNode: 1 } })
  t.strictSame(counts(said), { pods: 9, ended: 1, failed: 8 })
  t.equal(calls(sandbox).filter(call => call.includes('exec dead')).length, 2)
  const errors = said.outcomes.flatMap(({ tried }) => tried.map(({ error }) => error))
  t.equal(errors.filter(error => error === 'node dead did not answer twice and is left out of this sweep').length, 6)
})

t.test("a deadline for all attempts on a pod, the setting podDeadline's", async t => {
  const { stuck, sweep } = await world(t)
  stuck('p0', { exit: 0, proxy: {}, graceSeconds: 60 })
  stuck('p1')
  const said = await sweep({ settings: { podDeadline: '1s' } })
  t.strictSame(results(said), ['p0 failed', 'p1 ended complete'])
  t.match(said.outcomes.find(({ pod }) => pod === 'p0')?.tried, [{ way: 'signal', error: "the setting podDeadline's time is over" }])
})

t.test('a sidecar deaf to TERM is killed by the kubelet when its pod is completed', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { proxy: {} })
  t.match((await sweep()).outcomes, [{ result: 'ended', way: 'complete', containers: [{ exit: 137 }] }])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet', 'proxy KILL kubelet'])
})

t.test('annotations that the server finds too long: failed, and said why', async t => {
  const { stuck, sweep } = await world(t, fault(patch, answer(422)))
  stuck('p0', { exit: 0 })
  t.match((await sweep()).outcomes, [
    {
      result: 'failed',
      tried: [
        { way: 'signal', error: /422/ },
        { way: 'complete', error: /422/ },
      ],
    },
  ])
})

t.test('too many endings that came out otherwise: no further one is begun', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault(patch, { kind: 'revert' }))
  for (let index = 0; index < 5; index++) stuck(`now${index}`)
  for (const exit of [0, undefined]) {
    const late = { annotations: { 'sidecar-reaper/settle': '8s' }, change: finishedAt(new Date()) }
    stuck(`later${exit}`, exit === undefined ? late : { exit, ...late })
  }
  const said = await sweep()
  t.equal(said.summary.stopped, '5 of 5 endings came out otherwise than predicted, so no further one was begun')
  t.strictSame(results(said).slice(0, 2), ['later0 abandoned', 'laterundefined abandoned'])
  t.strictSame(counts(said), { pods: 7, failed: 5, waiting: 2 })
  t.notOk(calls(sandbox).some(call => call.startsWith('patch pods/status later')))
})

t.test('a known exit code that was wrong, and a phase that was: both are mispredictions', async t => {
  const { stuck, sweep } = await world(t)
  for (let index = 0; index < 5; index++) stuck(`p${index}`, { exit: 0, proxy: { on: { TERM: { exit: 3 } } } })
  const said = await sweep(signalOnly)
  t.strictSame(counts(said), { pods: 5, ended: 5 })
  t.equal(said.summary.stopped, '5 of 5 endings came out otherwise than predicted, so no further one was begun')
  t.equal((await sweep()).summary.stopped, null)
})

t.test('an exit code that was wrong is a misprediction though the phase was right', async t => {
  const { stuck, sweep } = await world(t)
  for (let index = 0; index < 5; index++)
    stuck(`p${index}`, { exit: 0, proxy: { on: { TERM: { exit: 3 } } }, change: withStates({ main: FAILED }) })
  const said = await sweep(signalOnly)
  t.strictSame(said.verdicts.map(({ after }) => after), Array.from({ length: 5 }, () => 'Failed')) // prettier-ignore
  t.match(said.summary.stopped, /^5 of 5 /)
})

t.test('an ending that has begun is carried through though no further one is begun', async t => {
  const { stuck, sweep } = await world(t, fault({ ...exec, name: 'slow' }, { kind: 'exec', deliver: false, answer: 'success' }))
  for (let index = 0; index < 5; index++) stuck(`p${index}`, { exit: 0, proxy: { on: { TERM: { exit: 3 } } } })
  stuck('slow', { exit: 0, graceSeconds: 0 })
  const said = await sweep()
  t.ok(said.summary.stopped)
  t.match(results(said).at(-1), 'slow ended complete')
})

t.test('two sidecars of which one cannot be told: the other one is waited for before the pod is completed', async t => {
  const { sandbox, stuck, sweep } = await world(t, fault({ verb: 'get', resource: 'pods', nth: 1 }, answer(400)))
  stuck('p0', { exit: 0, sidecars: { a: { on: { TERM: { exit: 0, delayMs: 300 } } }, b: { on: { TERM: { exit: 0, delayMs: 300 } } } } })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', way: 'complete', tried: [{ way: 'signal', error: /Cannot read pod default\/p0/ }] }])
  const [first, second] = ['a', 'b'].map(name => told(sandbox, 'p0').filter(one => one.startsWith(name)))
  t.strictSame([first, second].map(one => one?.length), [1, 1], 'each is told once') // prettier-ignore
})
