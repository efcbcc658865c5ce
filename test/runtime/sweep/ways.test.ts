import t from 'tap'
import type { Outcome } from '../../../runtime/outcome.ts'
import type { Behaviour } from '../../sandbox/behaviour.ts'
import type { Effect, Match } from '../../sandbox/fault.ts'
import type { PodManifest } from '../../sandbox/objects.ts'
import type { SandboxOptions } from '../../sandbox/sandbox.ts'
import { calls, results, told, world } from './world.ts'

// The ways of a sidecar, walked in order: what each of them meets, and what is done next. Most of the time they wait.
t.jobs = 8

/** It is told by its own command, by its quit endpoint and by TERM. */
const OBEDIENT: Behaviour = {
  commands: [{ command: '/proxy quit', ends: { exit: 0 } }],
  listens: { 9091: { 'POST /quit': { ends: { exit: 0 } } } },
  on: { TERM: { exit: 0 } },
}

const COMMAND = { command: ['/proxy', 'quit'] }
const QUIT = { quit: 'http://localhost:9091/quit' }

/** What its annotation says of the proxy: these ways and a signal, all with exit code 0. */
function saying(...ways: readonly object[]): Readonly<Record<string, string>> {
  return { 'sidecar-reaper/containers': JSON.stringify({ proxy: Object.assign({ exit: 0, grace: '0s' }, ...ways) }) }
}

function onFailure(pod: PodManifest): PodManifest {
  return { ...pod, spec: { ...pod.spec, restartPolicy: 'OnFailure' } }
}

const allow = { settings: { annotationCommands: 'allow' } }

const byCommand: Match = { resource: 'pods/exec', url: /command=%2Fproxy/ }
const byHttp: Match = { resource: 'pods/portforward' }
const bySignal: Match = { resource: 'pods/exec', url: /command=(kill|sh)/ }

const exec = (answer: Extract<Effect, { kind: 'exec' }>['answer'], deliver = false): Effect => ({ kind: 'exec', deliver, answer })
const http = (answer: Extract<Effect, { kind: 'port-forward' }>['answer'], deliver = false): Effect => ({
  kind: 'port-forward',
  deliver,
  answer,
})
const answer = (status: number, message: string): Effect => ({ kind: 'answer', status, message })
const meeting = (on: Match, effect: Effect): SandboxOptions => ({ faults: [{ on, do: effect }] })

const DIALING = 'error dialing backend: dial tcp 192.0.2.1:10250: connect: connection refused'
const ADMISSION = 'admission webhook "guard" denied the request: nobody execs here'
const STILL = /^it still runs 5 s after it was told$/

interface Row {
  readonly title: string
  readonly options?: SandboxOptions
  readonly callTimeoutMs?: number
  readonly proxy?: Behaviour
  /** Why the way did not end it. */
  readonly errors: readonly RegExp[]
}

const execRows: readonly Row[] = [
  { title: 'no such program in the image', proxy: { ...OBEDIENT, commands: [] }, errors: [/stat \/proxy: no such file or directory/] },
  {
    title: 'its command fails',
    proxy: { ...OBEDIENT, commands: [{ command: '/proxy quit', exit: 1, stderr: 'no admin port' }] },
    errors: [/^\/proxy exited 1: no admin port$/],
  },
  { title: 'refused by admission', options: meeting(byCommand, answer(403, ADMISSION)), errors: [/refused by an admission policy/] },
  { title: 'a node that takes no connection', options: meeting(byCommand, answer(500, DIALING)), errors: [/error dialing backend/] },
  {
    title: 'no answer',
    options: meeting(byCommand, exec('never')),
    errors: [/no complete answer .* within 4 s/, STILL],
    callTimeoutMs: 4000,
  },
  { title: 'half an answer', options: meeting(byCommand, exec('cut')), errors: [/connection was closed/, STILL] },
  { title: 'answered and not obeyed', options: meeting(byCommand, exec('success')), errors: [STILL] },
  { title: 'killed like its container, which lives', options: meeting(byCommand, exec({ exit: 137 })), errors: [STILL] },
]

const httpRows: readonly Row[] = [
  { title: 'nobody listens', proxy: { ...OBEDIENT, listens: {} }, errors: [/connection refused, nobody listens there/] },
  { title: 'an endpoint that is off', proxy: { ...OBEDIENT, listens: { 9091: {} } }, errors: [/answered with 404 Not Found/] },
  {
    title: 'a redirect',
    proxy: { ...OBEDIENT, listens: { 9091: { 'POST /quit': { status: 302, headers: { location: '/quit' } } } } },
    errors: [/answered with 302 Found/],
  },
  {
    title: 'forbidden',
    options: { denied: [{ resource: 'pods/portforward' }] },
    errors: [/needs verb create .* on resource pods\/portforward/],
  },
  { title: 'refused by admission', options: meeting(byHttp, answer(403, ADMISSION)), errors: [/refused by an admission policy/] },
  { title: 'a node that takes no connection', options: meeting(byHttp, answer(500, DIALING)), errors: [/error dialing backend/] },
  { title: 'no answer', options: meeting(byHttp, http('never')), errors: [/no complete answer .* within 4 s/, STILL], callTimeoutMs: 4000 },
  { title: 'half an answer', options: meeting(byHttp, http('half')), errors: [/socket hang up/, STILL] },
  { title: 'a connection that the sidecar breaks', options: meeting(byHttp, http('reset')), errors: [/connection reset by peer/, STILL] },
  { title: 'a connection that breaks on the way', options: meeting(byHttp, http('cut')), errors: [/socket hang up/, STILL] },
  { title: 'answered and not obeyed', options: meeting(byHttp, http({ status: 200 })), errors: [STILL] },
]

const signalRows: readonly Row[] = [
  {
    title: 'neither kill nor sh',
    proxy: { ...OBEDIENT, missing: ['kill', 'sh'] },
    errors: [/by a shell: .*"sh": executable file not found/],
  },
  { title: 'refused by admission', options: meeting(bySignal, answer(403, ADMISSION)), errors: [/refused by an admission policy/] },
  { title: 'half an answer', options: meeting(bySignal, exec('cut')), errors: [/connection was closed/, STILL] },
  { title: 'delivered and not obeyed', proxy: { ...OBEDIENT, on: { TERM: 'ignore' } }, errors: [STILL] },
]

for (const [way, ways, next, rows] of [
  ['exec', [COMMAND, QUIT], 'http', execRows],
  ['http', [QUIT], 'signal', httpRows],
  ['signal', [], 'complete', signalRows],
] as const)
  for (const { title, options = {}, callTimeoutMs = 30_000, proxy = OBEDIENT, errors } of rows)
    t.test(`${way}, ${title}: ${next} is next`, async t => {
      const { sandbox, stuck, sweep } = await world(t, options, { callTimeoutMs })
      stuck('p0', { proxy, annotations: saying(...ways) })
      const said = await sweep(allow)
      const tried = errors.map(error => ({ way, container: 'proxy', error }))
      t.match(said.outcomes, [{ result: 'ended', way: next, phase: 'Succeeded', expected: 'Succeeded' }])
      t.match(said.outcomes[0]?.tried, tried)
      t.equal(said.outcomes[0]?.tried.length, tried.length)
      t.equal(sandbox.pod('default', 'p0')?.status.phase, 'Succeeded')
    })

const obeyed: readonly [Outcome['way'], readonly object[], Match, readonly Effect[]][] = [
  ['exec', [COMMAND, QUIT], byCommand, [exec('never', true), exec('cut', true), exec({ exit: 137 }, true), exec({ exit: 1 }, true)]],
  ['http', [QUIT], byHttp, [http('never', true), http('half', true), http('reset', true), http('cut', true)]],
]

for (const [way, ways, on, effects] of obeyed)
  t.test(`${way}: whatever the answer, a sidecar that ended was ended by it`, async t => {
    for (const effect of effects) {
      const { stuck, sweep } = await world(t, meeting(on, effect), { callTimeoutMs: 4000 })
      stuck('p0', { proxy: OBEDIENT, annotations: saying(...ways) })
      t.match((await sweep(allow)).outcomes, [{ result: 'ended', way, tried: [], containers: [{ exit: 0 }] }])
    }
  })

t.test('a quit endpoint whose program ends before it answers has ended it', async t => {
  const { stuck, sweep } = await world(t)
  const proxy = { listens: { 9091: { 'POST /quit': { delayMs: 60_000, ends: { exit: 0 } } } } }
  stuck('p0', { proxy, annotations: saying(QUIT) })
  t.match((await sweep(allow)).outcomes, [{ result: 'ended', way: 'http', tried: [] }])
})

t.test('all ways in order, each tried once and each with its reason, and then the pod is completed', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  stuck('p0', { proxy: { missing: ['kill', 'sh'] }, annotations: saying(COMMAND, QUIT) })
  const said = await sweep(allow)
  t.match(said.outcomes, [
    {
      result: 'ended',
      way: 'complete',
      tried: [
        { way: 'exec', container: 'proxy', error: /no such file or directory/ },
        { way: 'http', container: 'proxy', error: /connection refused/ },
        { way: 'signal', container: 'proxy', error: /by a shell/ },
      ],
      containers: [{ exit: 137 }],
    },
  ])
  t.strictSame(calls(sandbox), [
    'patch pods/status p0', // the claim
    'get pods p0',
    'get pods/exec p0',
    'get pods p0',
    'get pods/portforward p0',
    'get pods p0',
    'get pods/exec p0',
    'get pods/exec p0', // by a shell
    'get pods p0',
    'patch pods/status p0',
  ])
  t.strictSame(told(sandbox, 'p0'), ['proxy TERM kubelet', 'proxy KILL kubelet'])
})

t.test('the setting ways leaves ways out, and failed is failed where complete is not among them', async t => {
  for (const [ways, result, way] of [
    [['exec', 'http', 'signal'], 'ended', 'signal'],
    [['exec', 'http'], 'failed', null],
    [['http'], 'failed', null],
    [['http', 'complete'], 'ended', 'complete'],
  ] as const) {
    const { stuck, sweep } = await world(t)
    stuck('p0', { annotations: saying(COMMAND, QUIT) })
    const [outcome] = (await sweep({ settings: { ...allow.settings, ways } })).outcomes
    t.match(outcome, { result, way })
    const inVain = (['exec', 'http'] as const).filter(one => ways.some(given => given === one))
    t.strictSame(outcome?.tried.map(({ way }) => way), inVain) // prettier-ignore
  }
})

t.test('sidecars of one pod each have their own way, and their own reasons', async t => {
  const { stuck, sweep } = await world(t)
  const details = { a: { ...COMMAND, exit: 0 }, b: { ...QUIT, exit: 0 }, c: { exit: 0 } }
  const annotations = { 'sidecar-reaper/containers': JSON.stringify(details) }
  const { commands = [], listens = {}, on = {} } = OBEDIENT
  stuck('p0', { sidecars: { a: { commands }, b: { on }, c: { on, listens: { 1: listens[9091] ?? {} } } }, annotations })
  t.match((await sweep(allow)).outcomes, [
    {
      result: 'ended',
      tried: [{ way: 'http', container: 'b', error: /nobody listens there/ }],
      containers: [
        { name: 'a', exit: 0 },
        { name: 'b', exit: 0 },
        { name: 'c', exit: 0 },
      ],
    },
  ])
})

t.test('silent endpoints do not make a node unreachable: the pods beside them are told', async t => {
  const { sandbox, stuck, sweep } = await world(t, meeting(byHttp, http('reset')))
  for (const name of ['p0', 'p1', 'p2']) stuck(name, { proxy: { listens: { 9091: { 'POST /quit': {} } } }, annotations: saying(QUIT) })
  stuck('p3', { exit: 0 })
  const said = await sweep({ settings: { ...allow.settings, perNode: 1 } })
  t.notMatch(JSON.stringify(said.outcomes), /left out of this sweep/)
  t.match(said.outcomes.find(({ pod }) => pod === 'p3'), { result: 'ended', way: 'signal' }) // prettier-ignore
  t.equal(calls(sandbox).filter(call => call.startsWith('get pods/portforward')).length, 3)
})

t.test('a sidecar that the kubelet starts again after its second way: the reason names that way', async t => {
  const { stuck, sweep } = await world(t)
  const proxy = { listens: { 9091: { 'POST /quit': { ends: { exit: 1 } } } } }
  stuck('p0', { proxy, annotations: saying(COMMAND, QUIT), change: onFailure })
  const [outcome] = (await sweep(allow)).outcomes
  t.match(outcome, { result: 'ended', way: 'complete', phase: 'Succeeded' })
  t.match(outcome?.tried, [
    { way: 'exec', error: /no such file/ },
    { way: 'http', error: 'it ended, and the kubelet starts it again' },
  ])
})

/** Before such a request the proxy of p0 restarts, and the kubelet has said so when it is answered. */
function restarted(on: Match): SandboxOptions {
  return { faults: [{ on, do: { kind: 'restart', pod: 'default/p0', container: 'proxy' } }, { on, do: { kind: 'delay', ms: 50 } }] } // prettier-ignore
}

const look: Match = { verb: 'get', resource: 'pods' }

for (const [way, call, ways] of [
  ['exec', 'get pods/exec p0', [COMMAND]],
  ['http', 'get pods/portforward p0', [QUIT]],
] as const) {
  const claimAndTell = ['patch pods/status p0', 'get pods p0', call]

  t.test(`${way}: a container that restarts between claim and call is not told for the old one`, async t => {
    const { sandbox, stuck, sweep } = await world(t, restarted({ ...look, nth: 1 }))
    stuck('p0', { proxy: OBEDIENT, annotations: saying(...ways) })
    t.match((await sweep(allow)).outcomes, [{ result: 'ended', way, tried: [], containers: [{ exit: 0 }] }])
    t.strictSame(calls(sandbox), ['patch pods/status p0', 'get pods p0', 'get pods p0', ...claimAndTell])
  })

  t.test(`${way}: a container that restarts unseen, with the call itself: the pod says what came of it`, async t => {
    const { stuck, sweep } = await world(t, restarted({ resource: call.split(' ')[1] ?? '', nth: 1 }))
    stuck('p0', { proxy: OBEDIENT, annotations: saying(...ways), change: onFailure })
    // The new one was told by the same call, and ended well: that there are two may be seen, or not any more.
    t.match((await sweep(allow)).outcomes, [{ result: 'ended', phase: 'Succeeded', expected: 'Succeeded' }])
  })

  t.test(`${way}: the claim names it, and the sidecar is told once by two sweeps`, async t => {
    const { sandbox, stuck, connect, sweep } = await world(t, { faults: [{ on: { verb: 'patch' }, do: { kind: 'delay', ms: 100 } }] })
    const names = ['p0', 'p1', 'p2', 'p3']
    for (const name of names) stuck(name, { proxy: OBEDIENT, annotations: saying(...ways) })
    const other = await connect()
    const sweeps = await Promise.all([sweep(allow), sweep({ ...allow, cluster: other })])
    t.strictSame(sweeps.flatMap(results).toSorted(), names.map(name => `${name} ended ${way}`)) // prettier-ignore
    for (const name of names) {
      t.equal(calls(sandbox).filter(one => one === call.replace('p0', name)).length, 1)
      const claim = JSON.parse(sandbox.pod('default', name)?.metadata.annotations?.['sidecar-reaper/claim'] ?? '')
      t.match(claim, { way, containers: { proxy: /^containerd:/ } })
    }
  })

  t.test(`${way}: a sweep that comes while the sidecar takes its time waits`, async t => {
    const { sandbox, cluster, stuck, connect, sweep } = await world(t)
    // It takes the call, and ends when the test says so.
    const commands = [{ command: '/proxy quit' }, { command: 'now', ends: { exit: 0 } }]
    stuck('p0', { proxy: { commands, listens: { 9091: { 'POST /quit': {} } } }, annotations: saying(...ways, { grace: '60s' }) })
    const first = sweep(allow)
    await sandbox.waitFor(() => calls(sandbox).includes(call), { deadlineMs: 20_000 })
    const second = await sweep({ ...allow, cluster: await connect() })
    t.match(second.verdicts, [{ decision: 'wait', reason: 'claimed' }])
    t.equal(calls(sandbox).filter(one => one === call).length, 1)
    await cluster.exec({ namespace: 'default', name: 'p0', container: 'proxy' }, ['now'], new AbortController().signal)
    t.strictSame(results(await first), [`p0 ended ${way}`])
  })
}

t.test('without the right to claim the ways are walked all the same, and that is said', async t => {
  const { sandbox, stuck, sweep } = await world(t, { denied: [{ verb: 'patch', resource: 'pods/status' }] })
  stuck('p0', { proxy: { ...OBEDIENT, commands: [] }, annotations: saying(COMMAND, QUIT) })
  const said = await sweep(allow)
  t.match(said.outcomes, [{ result: 'ended', way: 'http', tried: [{ way: 'exec', error: /no such file/ }] }])
  t.match(said.summary.limits, [/^Pods are not claimed/])
  t.strictSame(told(sandbox, 'p0'), [])
})

t.test('the deadline of a pod is over: what was tried before is not lost, and what was under way is named', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  const proxy = { on: { TERM: 'ignore' }, listens: { 9091: { 'POST /quit': { status: 202 } } } } as const
  stuck('p0', { proxy, annotations: saying(COMMAND, QUIT, { grace: '60s' }) })
  const said = await sweep({ settings: { ...allow.settings, podDeadline: '4s' } })
  t.match(said.outcomes, [{ result: 'failed', way: null }])
  t.match(said.outcomes[0]?.tried, [
    { way: 'exec', container: 'proxy', error: /no such file/ },
    { way: 'http', container: 'proxy', error: "the setting podDeadline's time is over" },
  ])
  t.equal(said.outcomes[0]?.tried.length, 2)
  t.strictSame(told(sandbox, 'p0'), [], 'the ways after it are not tried')
})

t.test('Ctrl-C while a sidecar takes its grace: what was tried before is not lost', async t => {
  const { stuck, sandbox, sweep } = await world(t)
  stuck('p0', { proxy: { on: { TERM: 'ignore' } }, annotations: saying(QUIT, { grace: '60s' }) })
  const stop = new AbortController()
  const swept = sweep({ ...allow, signal: stop.signal })
  await sandbox.waitFor(() => told(sandbox, 'p0').length > 0, { deadlineMs: 20_000 })
  stop.abort()
  t.match((await swept).outcomes, [{ result: 'abandoned', tried: [{ way: 'http', error: /nobody listens/ }] }])
})
