import t from 'tap'
import { calls, counts, finishedAt, inShort, POLITE, results, told, world } from './sweep/world.ts'

t.jobs = 8

t.test('sweep() ends a stuck pod by one patch of its status, and says so', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { proxy: { on: { TERM: { exit: 143 } } } })
  const said = await sweep()
  const { uid } = sandbox.pod('default', 'p0')?.metadata ?? {}
  t.match(said.records, [
    { kind: 'verdict', namespace: 'default', pod: 'p0', uid, decision: 'end', reason: 'left-over', earned: 'Succeeded', after: 'Succeeded' },
    {
      kind: 'outcome', namespace: 'default', pod: 'p0', uid, result: 'ended', way: 'complete', tried: [],
      containers: [{ name: 'proxy', containerID: /^containerd:/, exit: 143 }],
    },
    { kind: 'summary', pods: 1, ended: 1, failed: 0, forbidden: 0, limits: [], stopped: null, policy: { wasm: /^[0-9a-f]{64}$/ } },
  ]) // prettier-ignore
  t.strictSame(calls(sandbox), ['patch pods/status p0'])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet'])
  t.equal(sandbox.pod('default', 'p0')?.status.phase, 'Succeeded')
  const [mark] = Object.entries(sandbox.pod('default', 'p0')?.metadata.annotations ?? {}).filter(
    ([key]) => key === 'sidecar-reaper/completed',
  )
  t.match(mark?.[1], /^\d{4}-\d\d-\d\dT[\d:.]+Z containerd:\/\/b+$/, 'time and container ids')
})

t.test('sweep() tells a sidecar whose exit is known to be clean, after a claim and a look', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { exit: 0 })
  const said = await sweep({ id: 'me' })
  t.strictSame(results(said), ['p0 ended signal'])
  t.strictSame(calls(sandbox), ['patch pods/status p0', 'get pods p0', 'get pods/exec p0'])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM exec'])
  const claim = JSON.parse(sandbox.pod('default', 'p0')?.metadata.annotations?.['sidecar-reaper/claim'] ?? '')
  t.match(claim, { by: 'me', way: 'signal', containers: { proxy: /^containerd:/ }, at: Number })
})

t.test('sweep() touches nothing but what is left over: every other pod gets a verdict and no call', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('ignored', { annotations: { 'sidecar-reaper/ignore': 'true' } })
  stuck('running', {
    change: ({ status, ...pod }) => ({ ...pod, status: { ...status, containerStatuses: status?.containerStatuses?.map(one => ({ ...one, state: { running: { startedAt: '2026-01-01T00:00:00Z' } } })) ?? [] } }),
  }) // prettier-ignore
  stuck('unlabelled', { change: pod => ({ ...pod, metadata: { ...pod.metadata, labels: {} } }) })
  stuck('finished', { change: pod => ({ ...pod, status: { ...pod.status, phase: 'Succeeded' } }) })
  stuck('contradicting', { annotations: { 'sidecar-reaper/mains': 'proxy' } })
  const said = await sweep()
  t.strictSame(said.verdicts.map(({ pod, decision, reason }) => `${pod} ${decision} ${reason}`).toSorted(), [
    'contradicting refuse contradiction',
    'ignored leave ignored',
    'running wait main-running',
  ])
  t.strictSame(counts(said), { pods: 3, refused: 1, waiting: 1, left: 1 })
  t.strictSame(calls(sandbox), [])
  t.ok(
    sandbox.requests.some(
      ({ verb, query }) => verb === 'list' && query.get('fieldSelector') === 'status.phase!=Succeeded,status.phase!=Failed',
    ),
  )
})

t.test('sweep() in a dry run says what it would end, as many as it would, and makes no call that changes anything', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  for (const name of ['p0', 'p1', 'p2']) stuck(name, name === 'p1' ? { exit: 0 } : {})
  stuck('bad', { annotations: { 'sidecar-reaper/mains': 'proxy' } })
  const said = await sweep({ isDryRun: true, settings: { maxEndings: 2 } })
  t.strictSame(results(said), ['p0 reported', 'p1 reported'])
  t.strictSame(counts(said), { pods: 4, reported: 2, waiting: 1, refused: 1 })
  t.strictSame(said.summary.limits, ['Pods left for the next sweep: 1, because the setting maxEndings is 2'])
  t.strictSame(sandbox.changes(), [])
})

t.test('sweep() in mode report only writes Events', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0')
  stuck('p1')
  const said = await sweep({ settings: { mode: 'report', maxEndings: 1 } })
  t.strictSame(results(said), ['p0 reported', 'p1 reported'])
  t.strictSame(sandbox.changes().map(inShort), ['create events', 'create events'])
  t.strictSame(sandbox.events().map(event => Reflect.get(event, 'reason')), ['SidecarsLeftOver', 'SidecarsLeftOver']) // prettier-ignore
})

t.test('sweep() only reports what the catalogue alone knows, under mode annotated', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', {
    annotations: { 'sidecar.istio.io/inject': 'true' },
    change: pod => {
      const { 'sidecar-reaper/sidecars': _, ...annotations } = pod.metadata.annotations ?? {}
      const rename = <T extends { readonly name: string }>(one: T): T => (one.name === 'proxy' ? { ...one, name: 'istio-proxy' } : one)
      return {
        metadata: { ...pod.metadata, annotations },
        spec: { ...pod.spec, containers: pod.spec.containers.map(rename) },
        status: { ...pod.status, containerStatuses: pod.status?.containerStatuses?.map(rename) ?? [] },
      }
    },
  })
  t.strictSame(results(await sweep()), ['p0 reported'])
  t.strictSame(sandbox.changes().map(inShort), ['create events'])
  t.strictSame(results(await sweep({ settings: { mode: 'enforce' } })), ['p0 ended complete'])
})

t.test('sweep() ends at most maxEndings pods, settling ones included, and first those never tried before', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  for (const name of ['p0', 'p1', 'p2']) stuck(name)
  stuck('p00', { annotations: { 'sidecar-reaper/completed': '2026-01-01T00:00:00.000Z' } })
  stuck('p3', { annotations: { 'sidecar-reaper/settle': '3s' }, change: finishedAt(new Date()) })
  const said = await sweep({ settings: { maxEndings: 3 } })
  t.strictSame(results(said), ['p0 ended complete', 'p1 ended complete', 'p2 ended complete'])
  t.strictSame(counts(said), { pods: 5, ended: 3, waiting: 2 })
  t.strictSame(said.summary.limits, ['Pods left for the next sweep: 2, because the setting maxEndings is 3'])
  t.strictSame([told(sandbox, 'p00'), told(sandbox, 'p3')], [[], []])
})

t.test('sweep() waits out a settle delay, and judges again before it does anything', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { annotations: { 'sidecar-reaper/settle': '3s' }, change: finishedAt(new Date()) })
  stuck('far', { annotations: { 'sidecar-reaper/settle': '1m' }, change: finishedAt(new Date()) })
  const said = await sweep()
  t.strictSame(results(said), ['p0 ended complete'])
  t.strictSame(said.verdicts.map(({ pod, reason }) => `${pod} ${reason}`), ['far settling', 'p0 left-over']) // prettier-ignore
  t.strictSame(calls(sandbox), ['get pods p0', 'patch pods/status p0'])
  t.strictSame(counts(said), { pods: 2, ended: 1, waiting: 1 })
})

/** Times have whole seconds: 2 to 3 s are left of this settle delay. */
const settling = () => ({ annotations: { 'sidecar-reaper/settle': '3s' }, change: finishedAt(new Date()) })

t.test('sweep() ends of those that settle as many as maxEndings leaves room for', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  for (const name of ['p0', 'p1', 'p2']) stuck(name, settling())
  const said = await sweep({ settings: { maxEndings: 2 } })
  t.strictSame(counts(said), { pods: 3, ended: 2, waiting: 1 })
  t.strictSame(said.summary.limits, ['Pods left for the next sweep: 1, because the setting maxEndings is 2'])
  t.equal(['p0', 'p1', 'p2'].flatMap(name => told(sandbox, name)).length, 2)
})

t.test('sweep() only reports those that settle in a dry run, and in mode report', async t => {
  for (const request of [{ isDryRun: true }, { settings: { mode: 'report' } }]) {
    const { sandbox, stuck, sweep } = await world(t)
    stuck('p0', settling())
    t.strictSame(results(await sweep(request)), ['p0 reported'])
    t.strictSame(sandbox.changes().map(inShort), 'isDryRun' in request ? [] : ['create events'])
  }
})

t.test('sweep() counts a pod that vanishes, or cannot be read, while it settles', async t => {
  const { sandbox, stuck, sweep } = await world(t, {
    faults: [
      { on: { verb: 'get', name: 'gone' }, do: { kind: 'vanish', pod: 'default/gone' } },
      { on: { verb: 'get', name: 'bad' }, do: { kind: 'answer', status: 400 } },
    ],
  })
  for (const name of ['gone', 'bad', 'good']) stuck(name, settling())
  const said = await sweep()
  t.strictSame(results(said), ['good ended complete'])
  t.strictSame(counts(said), { pods: 3, ended: 1, waiting: 2 })
  t.strictSame(said.verdicts.map(({ pod, reason }) => `${pod} ${reason}`).toSorted(), ['bad settling', 'gone settling', 'good left-over'])
  t.match(said.summary.limits, [/^Not every pod was judged again after its settle delay: Cannot read pod default\/bad/])
  t.strictSame(told(sandbox, 'bad'), [])
})

t.test('sweep() trusts the clock of the server, not its own', async t => {
  for (const clockOffsetMs of [3_600_000, -3_600_000]) {
    const { stuck, sweep } = await world(t, { clockOffsetMs })
    stuck('new', { annotations: { 'sidecar-reaper/settle': '30s' }, change: finishedAt(new Date(Date.now() + clockOffsetMs)) })
    stuck('old', { annotations: { 'sidecar-reaper/settle': '30s' }, change: finishedAt(new Date(Date.now() + clockOffsetMs - 40_000)) })
    const said = await sweep()
    t.strictSame(said.verdicts.map(({ pod, reason }) => `${pod} ${reason}`).toSorted(), ['new settling', 'old left-over'])
    t.strictSame(results(said), ['old ended complete'])
    t.strictSame(said.verdicts.flatMap(({ warnings }) => warnings), []) // prettier-ignore
  }
})

t.test('sweep() ends all leftovers of a pod in one pass, under one claim', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { sidecars: { a: POLITE, b: POLITE }, exit: 0 })
  const said = await sweep()
  t.match(said.outcomes, [{ result: 'ended', way: 'signal', containers: [{ name: 'a', exit: 0 }, { name: 'b', exit: 0 }] }]) // prettier-ignore
  t.strictSame(calls(sandbox).filter(call => call.startsWith('patch')), ['patch pods/status p0']) // prettier-ignore
  t.strictSame(told(sandbox, 'p0').toSorted(), ['a TERM exec', 'b TERM exec'])
})

t.test('sweep() with nothing in scope is fine', async t => {
  const { sandbox, sweep } = await world(t)
  const said = await sweep()
  t.strictSame(counts(said), {})
  t.equal(said.records.length, 1)
  t.notOk(
    sandbox.requests.some(({ verb }) => verb === 'watch'),
    'nothing to watch',
  )
})

t.test('sweep() signals no more than 4 containers of a node at once, and makes no more than 8 calls', async t => {
  let now = { node: 0, all: 0 }
  let most = { node: 0, all: 0 }
  const { sandbox, cluster, stuck, sweep } = await world(t, { faults: [{ on: { resource: 'pods/exec' }, do: { kind: 'delay', ms: 20 } }] })
  const counted =
    <A extends unknown[], T>(what: 'node' | 'all', call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      now = { ...now, all: now.all + 1, [what]: now[what] + 1 }
      most = { node: Math.max(most.node, now.node), all: Math.max(most.all, now.all) }
      try {
        return await call(...args)
      } finally {
        now = { ...now, all: now.all - 1, [what]: now[what] - 1 }
      }
    }
  const watched = {
    ...cluster,
    pod: counted('all', cluster.pod),
    patchPodStatus: counted('all', cluster.patchPodStatus),
    createEvent: counted('all', cluster.createEvent),
    exec: async (...args: Parameters<typeof cluster.exec>) => counted('node', cluster.exec)(...args),
  }
  for (let index = 0; index < 20; index++) stuck(`p${index}`, { exit: 0 })
  for (let index = 20; index < 40; index++) stuck(`p${index}`)
  const said = await sweep({ cluster: watched })
  t.strictSame(counts(said), { pods: 40, ended: 40 })
  t.equal(most.node, 4)
  t.ok(most.all <= 8, `${most.all}`)
  for (let index = 0; index < 40; index++) t.strictSame(told(sandbox, `p${index}`), [`proxy TERM ${index < 20 ? 'exec' : 'kubelet'}`])
})

t.test('sweep() lets no pod with a long grace slow the others', async t => {
  const { stuck, sweep } = await world(t)
  for (let index = 0; index < 12; index++) stuck(`slow${index}`, { graceSeconds: 10, proxy: { on: { TERM: { exit: 0, delayMs: 2000 } } } })
  stuck('zz')
  const order: string[] = []
  await sweep({ onRecord: record => void (record.kind === 'outcome' && order.push(record.pod)) })
  t.equal(order[0], 'zz')
  t.equal(order.length, 13)
})
