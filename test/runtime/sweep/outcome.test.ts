import t from 'tap'
import { painter } from '../../../runtime/report/style.ts'
import { textReport } from '../../../runtime/report/text.ts'
import type { Behaviour } from '../../sandbox/behaviour.ts'
import type { ContainerState, PodManifest } from '../../sandbox/objects.ts'
import type { Sandbox } from '../../sandbox/sandbox.ts'
import { counts, POLITE, results, type Said, told, world } from './world.ts'

// What a sweep says became of a pod, and what the pod itself says.
t.jobs = 8

const exits = (exit: number): Behaviour => ({ on: { TERM: { exit } } })

function text({ records }: Said): string {
  const texts: string[] = []
  const { record, end } = textReport({ write: part => texts.push(part), paint: painter(false), hasNamespaces: false, isDryRun: false })
  for (const one of records) record(one)
  end()
  return texts.join('')
}

/** Events as `Warning SidecarsEndedDirty: note`. */
function events(sandbox: Sandbox): readonly string[] {
  return sandbox.events().map(event => `${Reflect.get(event, 'type')} ${Reflect.get(event, 'reason')}: ${Reflect.get(event, 'note')}`)
}

const FAILED: ContainerState = { terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-01-01T00:00:00Z' } }

function mainFailed({ status, ...pod }: PodManifest): PodManifest {
  const containerStatuses = (status?.containerStatuses ?? []).map(one => (one.name === 'main' ? { ...one, state: FAILED } : one))
  return { ...pod, status: { ...status, containerStatuses } }
}

t.test('a declared exit code that was wrong: the outcome, the Event and the row say what became of the pod', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { exit: 0, proxy: exits(3) })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', way: 'signal', phase: 'Failed', expected: 'Succeeded', tried: [], containers: [{ exit: 3 }] }])
  t.equal(sandbox.pod('default', 'p0')?.status.phase, 'Failed')
  t.strictSame(events(sandbox), [
    'Warning SidecarsEndedDirty: Ended proxy (exit 3) by signal, but the pod is Failed, and was to become Succeeded: its Job may run the main again',
  ])
  t.match(text(said), /^p0 +ended +signal +proxy exit 3, but the pod is Failed, not Succeeded \(/m)
})

t.test('a pod that came out as it was said has no more to it than that', async t => {
  for (const [options, phase] of [
    [{ exit: 0 }, 'Succeeded'],
    [{ proxy: exits(143) }, 'Succeeded'],
    [{ proxy: exits(143), change: mainFailed }, 'Failed'],
  ] as const) {
    const { sandbox, stuck, sweep } = await world(t)
    stuck('p0', options)
    const said = await sweep()
    t.match(said.outcomes, [{ result: 'ended', phase, expected: phase }])
    t.match(events(sandbox), [/^Normal SidecarsEnded: Ended proxy \(exit \d+\) by (signal|complete): /])
    t.notMatch(text(said), 'but the pod')
  }
})

t.test('a pod whose end nobody knew before is no surprise', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { proxy: exits(143) })
  const said = await sweep({ settings: { ways: ['signal'] } })
  t.match(said.outcomes, [{ result: 'ended', way: 'signal', phase: 'Failed', expected: 'Unknown' }])
  t.match(events(sandbox), [/^Normal SidecarsEnded: /])
})

t.test('a dry run and a failure know the phase that was said, and the one that is', async t => {
  const { stuck, sweep } = await world(t, { denied: [{ resource: 'pods/status' }] })
  stuck('p0')
  t.match((await sweep({ isDryRun: true })).outcomes, [{ result: 'reported', phase: null, expected: 'Succeeded' }])
  t.match((await sweep()).outcomes, [{ result: 'failed', phase: 'Running', expected: 'Succeeded' }])
})

/** Ends some time after it is told. */
const after = (delayMs: number): Behaviour => ({ on: { TERM: { exit: 0, delayMs } } })

t.test('a completed pod whose deadline ends during its grace is ended, though its sidecar still ends', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { graceSeconds: 30, proxy: after(60_000) })
  const said = await sweep({ settings: { podDeadline: '3s' } })
  t.match(said.outcomes, [{ result: 'ended', way: 'complete', phase: 'Succeeded', tried: [], containers: [{ exit: null }] }])
  t.strictSame(counts(said), { pods: 1, ended: 1 })
  t.match(events(sandbox), ['Normal SidecarsEnded: Ended proxy by complete: '])
  t.match(text(said), /^p0 +ended +complete +proxy has no exit code \(/m)
  t.strictSame(counts(await sweep()), {}, 'the next sweep has nothing to do')
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
})

t.test('Ctrl-C after complete was accepted: all pods that were completed are ended', async t => {
  const { sandbox, cluster, stuck, sweep } = await world(t)
  let accepted = 0
  const patchPodStatus: typeof cluster.patchPodStatus = async (...args) => {
    const pod = await cluster.patchPodStatus(...args)
    accepted++
    return pod
  }
  for (let index = 0; index < 40; index++) stuck(`p${index}`, { graceSeconds: 30, proxy: after(60_000) })
  const stop = new AbortController()
  const swept = sweep({ cluster: { ...cluster, patchPodStatus }, signal: stop.signal })
  await sandbox.waitFor(() => accepted === 40, { deadlineMs: 20_000 })
  stop.abort()
  const said = await swept
  t.strictSame(counts(said), { pods: 40, ended: 40 })
  t.ok(said.outcomes.every(({ way, phase }) => way === 'complete' && phase === 'Succeeded'))
})

t.test('Ctrl-C while the patch that completes a pod is on its way: abandoned', async t => {
  const { sandbox, stuck, sweep } = await world(t, { faults: [{ on: { verb: 'patch' }, do: { kind: 'hang' } }] })
  stuck('p0')
  const stop = new AbortController()
  const swept = sweep({ signal: stop.signal })
  await sandbox.waitFor(() => sandbox.requests.some(({ verb }) => verb === 'patch'), { deadlineMs: 20_000 })
  stop.abort()
  t.strictSame(results(await swept), ['p0 abandoned'])
})

t.test("a pod's deadline counts from its own turn: slow patches do not make the last in the queue fail", async t => {
  const { sandbox, stuck, sweep } = await world(t, {
    faults: [{ on: { verb: 'patch', resource: 'pods/status' }, do: { kind: 'delay', ms: 800 } }],
  })
  // Eight at a time: 6 s in all.
  for (let index = 0; index < 60; index++) stuck(`p${index}`)
  const said = await sweep({ settings: { podDeadline: '5s' } })
  t.strictSame(counts(said), { pods: 60, ended: 60 })
  t.ok(
    said.outcomes.some(({ seconds }) => seconds > 5),
    'some waited longer than that',
  )
  t.strictSame(told(sandbox, 'p59'), ['proxy TERM kubelet'])
})

t.test('a sidecar that was told and takes its time is not told again by the next sweep, whatever its deadline', async t => {
  const { sandbox, cluster, stuck, sweep } = await world(t)
  // It ends when the test says so.
  stuck('p0', { exit: 0, graceSeconds: 60, proxy: { on: { TERM: 'ignore' }, commands: [{ command: 'now', ends: { exit: 0 } }] } })
  const settings = { podDeadline: '3s' }
  t.match((await sweep({ settings })).outcomes, [{ result: 'failed', tried: [{ way: 'signal', error: /podDeadline/ }] }])
  const claimed = JSON.parse(sandbox.pod('default', 'p0')?.metadata.annotations?.['sidecar-reaper/claim'] ?? '{}')
  await sandbox.waitFor(() => Date.now() / 1000 > claimed.at + 4)
  t.match((await sweep({ settings })).verdicts, [{ decision: 'wait', reason: 'claimed' }])
  await cluster.exec({ namespace: 'default', name: 'p0', container: 'proxy' }, ['now'], new AbortController().signal)
  await sandbox.waitFor(() => sandbox.pod('default', 'p0')?.status.phase === 'Succeeded')
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
})

t.test('containers that an earlier step ended are in the outcome of the last', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { exit: 0, sidecars: { a: POLITE, b: { ...POLITE, missing: ['kill', 'sh'] } } })
  t.match((await sweep()).outcomes, [
    {
      result: 'ended',
      way: 'complete',
      containers: [
        { name: 'a', exit: 0 },
        { name: 'b', exit: 0 },
      ],
    },
  ])
  t.match(events(sandbox), ['Ended a (exit 0), b (exit 0) by complete'])
})

t.test('each container is held against the way that ended it, not against that of another', async t => {
  const { stuck, sweep } = await world(t)
  const image = 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0'
  const quits: Behaviour = {
    commands: [{ command: '/cloud-sql-proxy shutdown --admin-port 9091', ends: { exit: 0 } }],
    on: { TERM: { exit: 143 } },
  }
  const withProxy = (pod: PodManifest): PodManifest => {
    const containers = pod.spec.containers.map(one => (one.name === 'b' ? { ...one, image, args: ['--quitquitquit'] } : one))
    return mainFailed({ ...pod, spec: { ...pod.spec, containers } })
  }
  const annotations = { 'sidecar-reaper/containers': '{"a": {"exit": 0}}' }
  for (let index = 0; index < 7; index++) stuck(`p${index}`, { sidecars: { a: exits(0), b: quits }, annotations, change: withProxy })
  const said = await sweep()
  t.strictSame(
    said.outcomes.map(({ containers }) => containers.map(({ name, way, exit }) => [name, way, exit])),
    Array.from({ length: 7 }, () => [
      ['a', 'signal', 0],
      ['b', 'exec', 0],
    ]),
  )
  t.equal(said.summary.stopped, null)
})
