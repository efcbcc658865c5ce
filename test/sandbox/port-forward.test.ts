import t from 'tap'
import WebSocket from 'ws'
import type { Behaviour } from './behaviour.ts'
import type { Effect } from './fault.ts'
import { stuckPod } from './manifests.ts'
import { startSandbox } from './sandbox.ts'
import type { Sandbox, SandboxOptions } from './sandbox.ts'

const quits: Behaviour = {
  listens: { 9091: { 'POST /quitquitquit': { ends: { exit: 0, delayMs: 5 } }, 'GET /moved': { status: 302, headers: { location: '/' } } } },
}

async function sandboxWith(proxy: Behaviour, spec: object = {}, options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ processes: 'memory', ...options })
  const manifest = stuckPod('p')
  sandbox.addPod({ ...manifest, spec: { ...manifest.spec, ...spec } }, { behaviours: { proxy } })
  return sandbox
}

function proxyExit(sandbox: Sandbox): number | undefined {
  return sandbox.pod('default', 'p')?.status.containerStatuses?.[1]?.state.terminated?.exitCode
}

/** What came over each channel until the server closed, or the answer that refused the upgrade. */
type Talk = { readonly status: number; readonly channels: readonly string[]; readonly frames: readonly Buffer[]; readonly code: number }

/** Opens a port-forward by hand and sends the request on channel 0. */
async function talk(sandbox: Sandbox, query: string, request = '', protocol = 'v4.channel.k8s.io'): Promise<Talk> {
  const url = `${sandbox.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/p/portforward?${query}`
  const socket = new WebSocket(url, protocol, { headers: { authorization: `Bearer ${sandbox.token}` } })
  const { promise, resolve, reject } = Promise.withResolvers<Talk>()
  const frames: Buffer[] = []
  socket.on('error', reject)
  socket.on('open', () => request !== '' && socket.send(Buffer.concat([Buffer.of(0), Buffer.from(request)])))
  socket.on('message', (data: Buffer) => frames.push(data))
  socket.on('close', code => resolve({ status: 101, channels: channels(frames), frames, code }))
  socket.on('unexpected-response', (_request, response) => {
    let text = ''
    response.on('data', (chunk: Buffer) => (text += chunk.toString()))
    response.on('end', () => resolve({ status: response.statusCode ?? 0, channels: [text], frames, code: 0 }))
  })
  return promise
}

/** The text of each channel after the two bytes of its port. */
function channels(frames: readonly Buffer[]): readonly string[] {
  const count = Math.max(...frames.map(([channel = 0]) => channel + 1))
  return Array.from({ length: count }, (_, channel) =>
    Buffer.concat(frames.filter(frame => frame[0] === channel).map(frame => frame.subarray(1)))
      .subarray(2)
      .toString(),
  )
}

const http = (line: string) => `${line} HTTP/1.1\r\nHost: localhost:9091\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
const quit = http('POST /quitquitquit')

t.test('both channels of a port begin with its number, the lower byte first', async t => {
  const sandbox = await sandboxWith(quits)
  t.teardown(sandbox.close)
  const { frames, code } = await talk(sandbox, 'ports=9091', quit)
  t.same(frames.slice(0, 2), [Buffer.of(0, 0x83, 0x23), Buffer.of(1, 0x83, 0x23)])
  t.equal(code, 1000)
})

t.test('a program that listens answers, and ends as it says', async t => {
  const sandbox = await sandboxWith(quits)
  t.teardown(sandbox.close)
  t.match(await talk(sandbox, 'ports=9091', quit), { channels: [/^HTTP\/1.1 200 OK\r\n/, ''] })
  await sandbox.waitFor(() => proxyExit(sandbox) === 0)
})

t.test('it knows no other method and no other path, and ends by none of them', async t => {
  const sandbox = await sandboxWith(quits)
  t.teardown(sandbox.close)
  for (const [line, answer] of [
    ['GET /quitquitquit', /^HTTP\/1.1 404 /],
    ['POST /', /^HTTP\/1.1 404 /],
    ['GET /moved', /^HTTP\/1.1 302 Found\r\nlocation: \/\r\n/],
  ] as const)
    t.match(await talk(sandbox, 'ports=9091', http(line)), { channels: [answer, ''] })
  t.equal(proxyExit(sandbox), undefined)
})

t.test('a port on which nobody listens is refused in the words of containerd', async t => {
  const sandbox = await sandboxWith(quits)
  t.teardown(sandbox.close)
  const { channels, code } = await talk(sandbox, 'ports=9092')
  t.match(
    channels[1],
    /^error forwarding port 9092 to pod ([0-9a-f]{64}), uid : failed to execute portforward in network namespace "\/var\/run\/netns\/cni-[-0-9a-f]{36}": failed to connect to localhost:9092 inside namespace "\1", IPv4: dial tcp4 127\.0\.0\.1:9092: connect: connection refused IPv6 dial tcp6 \[::1\]:9092: connect: connection refused $/,
  )
  t.equal(code, 1000)
  const host = await sandboxWith({}, { hostNetwork: true })
  t.teardown(host.close)
  t.match((await talk(host, 'ports=1')).channels[1], 'in network namespace "host": failed to connect')
})

t.test('nobody listens any more once the container has ended', async t => {
  const sandbox = await sandboxWith({ ...quits, exitAfterMs: 1 })
  t.teardown(sandbox.close)
  await sandbox.waitFor(() => proxyExit(sandbox) === 0)
  t.match((await talk(sandbox, 'ports=9091', quit)).channels, ['', /connection refused/])
})

t.test('a program that ends before it answers breaks the connection', async t => {
  const sandbox = await sandboxWith({ listens: { 9091: { 'POST /quitquitquit': { delayMs: 60_000, ends: { exit: 0 } } } } })
  t.teardown(sandbox.close)
  t.match((await talk(sandbox, 'ports=9091', quit)).channels, ['', /: read: connection reset by peer$/])
  t.equal(proxyExit(sandbox), 0)
})

t.test('several ports have two channels each', async t => {
  const sandbox = await sandboxWith(quits)
  t.teardown(sandbox.close)
  const { frames, channels } = await talk(sandbox, 'ports=9091&ports=9092', quit)
  t.same(frames.slice(0, 4).map(([channel]) => channel), [0, 1, 2, 3]) // prettier-ignore
  t.match(channels, [/^HTTP\/1.1 200 /, '', '', /connection refused/])
})

t.test('a port-forward that can not be is refused before the upgrade', async t => {
  const sandbox = await sandboxWith(quits)
  t.teardown(sandbox.close)
  const refusal = async (query: string, protocol?: string): Promise<string> => {
    const { status, channels } = await talk(sandbox, query, '', protocol)
    return `${status} ${channels[0]}`
  }
  t.equal(await refusal(''), '400 query parameter "port" is required')
  for (const port of ['http', '0', '65536']) t.equal(await refusal(`ports=${port}`), `400 unable to parse "${port}" as a port`)
  t.match(await refusal('ports=1', 'v5.channel.k8s.io'), /^400 .*unable to negotiate protocol/)
  sandbox.addNode('sandbox-node', false)
  t.match(await refusal('ports=1'), /^500 .*error dialing backend: dial tcp 192\.0\.2\.1:10250: connect: connection refused/)
  const homeless = await sandboxWith(quits, { nodeName: '' })
  t.teardown(homeless.close)
  t.match((await talk(homeless, 'ports=1')).channels, [/pod p does not have a host assigned/])
  const empty = await startSandbox()
  t.teardown(empty.close)
  t.match(await talk(empty, 'ports=1'), { status: 404, channels: [/pods \\"p\\" not found/] })
})

t.test('port-forward needs the verb get, and from 1.35 create too', async t => {
  const denied = [{ verb: 'create', resource: 'pods/portforward' }]
  for (const [version, status] of [
    ['v1.34.4', 101],
    ['v1.35.0', 403],
  ] as const) {
    const sandbox = await sandboxWith(quits, {}, { denied, version })
    t.teardown(sandbox.close)
    t.equal((await talk(sandbox, 'ports=9091', quit)).status, status)
  }
})

const declared = (answer: Extract<Effect, { kind: 'port-forward' }>['answer'], deliver = false): SandboxOptions => ({
  faults: [{ on: { resource: 'pods/portforward' }, do: { kind: 'port-forward', deliver, answer } }],
})

t.test('faults: refused, half an answer, broken by the program, cut on the way, a status and nothing done', async t => {
  const rows: readonly [SandboxOptions, object][] = [
    [declared('refused'), { channels: ['', /connection refused/], code: 1000 }],
    [declared('half'), { channels: ['HTTP/1.1 200 O', ''], code: 1000 }],
    [declared('reset'), { channels: ['', /read: connection reset by peer$/], code: 1000 }],
    [declared('cut'), { channels: ['', ''], code: 1006 }],
    [declared({ status: 200 }), { channels: [/^HTTP\/1.1 200 OK/, ''], code: 1000 }],
    [declared({ status: 503 }), { channels: [/^HTTP\/1.1 503 /, ''], code: 1000 }],
  ]
  for (const [options, expected] of rows) {
    const sandbox = await sandboxWith(quits, {}, options)
    t.teardown(sandbox.close)
    t.match(await talk(sandbox, 'ports=9091', quit), expected)
    t.equal(proxyExit(sandbox), undefined)
  }
})

t.test('faults: no answer at all, though the request was taken', async t => {
  const sandbox = await sandboxWith(quits, {}, declared('never', true))
  t.teardown(sandbox.close)
  const silence = talk(sandbox, 'ports=9091', quit)
  await sandbox.waitFor(() => proxyExit(sandbox) === 0)
  await sandbox.close()
  t.match(await silence, { channels: ['', ''], code: 1006 })
})

t.test('faults: refused by admission, which no right helps against', async t => {
  const message = 'admission webhook "guard.example" denied the request: no port-forward here'
  const sandbox = await sandboxWith(
    quits,
    {},
    { faults: [{ on: { resource: 'pods/portforward' }, do: { kind: 'answer', status: 403, message } }] },
  )
  t.teardown(sandbox.close)
  const { status, channels } = await talk(sandbox, 'ports=9091')
  t.match([status, JSON.parse(channels[0] ?? '')], [403, { reason: 'Forbidden', message }])
})

t.test('a container that is a child process ends by it too', async t => {
  const sandbox = await sandboxWith(quits, {}, { processes: 'child' })
  t.teardown(sandbox.close)
  t.match(await talk(sandbox, 'ports=9091', quit), { channels: [/^HTTP\/1.1 200 OK\r\n/, ''] })
  await sandbox.waitFor(() => proxyExit(sandbox) === 0)
})
