import { once } from 'node:events'
import t from 'tap'
import { type WebSocket, WebSocketServer } from 'ws'
import type { PodRequest } from '../../../runtime/cluster.ts'
import { connectCluster, type ConnectOptions } from '../../../runtime/cluster/connect.ts'
import type { Behaviour } from '../../sandbox/behaviour.ts'
import type { Effect } from '../../sandbox/fault.ts'
import { stuckPod } from '../../sandbox/manifests.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { calm, connected, kubeconfig, refuse, type Test } from './api.ts'

const ref = { namespace: 'shop', name: 'web-1' }
const quit: PodRequest = { method: 'POST', port: 9091, path: '/quitquitquit' }

const frame = (channel: number, data: string | Buffer) => Buffer.concat([Buffer.of(channel), Buffer.from(data)])
const PORT = Buffer.of(0x83, 0x23)

/** A server that begins both channels of port 9091 and then does with each socket, and with what comes on channel 0, what the test says. */
async function forwarding(
  t: Test,
  answer: (socket: WebSocket, text: string, url: URL) => void,
  options: Partial<ConnectOptions> & { protocol?: string; begin?: (socket: WebSocket) => void } = {},
) {
  const { protocol = 'v4.channel.k8s.io', begin = greet, ...connect } = options
  const server = await connected(t, (_, response) => refuse(response, 500), connect)
  const sockets = new WebSocketServer({ server: server.server, handleProtocols: offered => (offered.has(protocol) ? protocol : false) })
  sockets.on('connection', (socket, request) => {
    begin(socket)
    socket.on('message', (data: Buffer) => answer(socket, data.subarray(1).toString(), new URL(request.url ?? '', 'http://x')))
  })
  return server
}

function greet(socket: WebSocket): void {
  for (const channel of [0, 1]) socket.send(frame(channel, PORT))
}

t.test('request() sends one HTTP request to localhost and gives the status', async t => {
  const seen: [string, string][] = []
  const { cluster } = await forwarding(t, (socket, text, url) => {
    seen.push([text, url.pathname + url.search])
    socket.send(frame(0, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK'))
  })
  t.same(await cluster.request(ref, quit, calm), { kind: 'answered', status: 200 })
  const text = 'POST /quitquitquit HTTP/1.1\r\ncontent-length: 0\r\nHost: localhost:9091\r\nConnection: close\r\n\r\n'
  t.same(seen, [[text, '/api/v1/namespaces/shop/pods/web-1/portforward?ports=9091']])
})

t.test('request() takes any status for an answer, and any piece-wise way of sending it', async t => {
  const rows: readonly [string, readonly string[], number][] = [
    ['no content', ['HTTP/1.1 204 No Content\r\n\r\n'], 204],
    ['not found', ['HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'], 404],
    ['HTTP/1.0, ended by the connection', ['HTTP/1.0 200 OK\r\n\r\nbye'], 200],
    ['byte by byte', 'HTTP/1.1 202 Accepted\r\n\r\n'.split(''), 202],
    ['an interim answer before it', ['HTTP/1.1 100 Continue\r\n\r\n', 'HTTP/1.1 503 Busy\r\n\r\n'], 503],
    ['half a body', ['HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nhalf'], 200],
    ['a switch to another protocol', ['HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'], 101],
  ]
  for (const [title, parts, status] of rows) {
    const { cluster } = await forwarding(t, socket => {
      for (const part of parts) socket.send(frame(0, part))
      socket.close()
    })
    t.same(await cluster.request(ref, quit, calm), { kind: 'answered', status }, title)
  }
})

t.test('request() follows no redirect: 302 is just a status', async t => {
  let requests = 0
  const { cluster } = await forwarding(t, socket => {
    requests++
    socket.send(frame(0, 'HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n'))
  })
  t.same(await cluster.request(ref, quit, calm), { kind: 'answered', status: 302 })
  t.equal(requests, 1)
})

t.test('request() waits for no body, however long it is, and ends the connection', async t => {
  const closed = Promise.withResolvers<void>()
  const { cluster } = await forwarding(t, socket => {
    socket.on('close', closed.resolve)
    socket.send(frame(0, 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'))
    const flood = (): void => socket.send(frame(0, `10000\r\n${'x'.repeat(0x10000)}\r\n`), error => error ?? setImmediate(flood))
    flood()
  })
  t.same(await cluster.request(ref, quit, calm), { kind: 'answered', status: 200 })
  await closed.promise
})

t.test('request() fails when what comes back is no HTTP, and says that the request was sent', async t => {
  for (const [text, error] of [
    ['SSH-2.0-x\r\n', /Parse Error/],
    ['HTTP/1.1 2', /^Cannot reach port 9091 of pod shop\/web-1: /],
    ['', /^Cannot reach port 9091 of pod shop\/web-1: /],
  ] as const) {
    const { cluster } = await forwarding(t, socket => {
      socket.send(frame(0, text))
      socket.close()
    })
    t.match(await cluster.request(ref, quit, calm), { kind: 'failed', wasSent: true, error })
  }
})

t.test('request() knows by the error channel whether anyone listened', async t => {
  const refused =
    'failed to connect to localhost:9091 inside namespace "x", IPv4: dial tcp4 127.0.0.1:9091: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found '
  const rows: readonly [string, boolean][] = [
    [refused, false],
    ['port forward into y: failed to dial 9091: dial tcp4 127.0.0.1:9091: connect: connection refused', false],
    ['read tcp4 127.0.0.1:38268->127.0.0.1:9091: read: connection reset by peer', true],
  ]
  for (const [text, wasSent] of rows) {
    const { cluster } = await forwarding(t, socket => socket.send(frame(1, `error forwarding port 9091 to pod x, uid : \u001b${text}`)))
    const answer = await cluster.request(ref, quit, calm)
    t.match(answer, { kind: 'failed', wasSent })
    const found = wasSent ? 'error forwarding port 9091 to pod x, uid : \\u{1b}read tcp4' : 'connection refused, nobody listens there'
    t.ok('error' in answer && answer.error.startsWith(`Cannot reach port 9091 of pod shop/web-1: ${found}`))
  }
})

t.test('request() was not sent as long as the kubelet has not begun', async t => {
  const closing = await forwarding(t, () => {}, { begin: socket => socket.close(1011) })
  t.match(await closing.cluster.request(ref, quit, calm), { kind: 'failed', wasSent: false })
  const silent = await forwarding(t, () => {}, { begin: () => {}, callTimeoutMs: 100 })
  t.match(await silent.cluster.request(ref, quit, calm), { kind: 'failed', wasSent: false, code: 'unreachable' })
  const none = await connectCluster({ kubeconfig: kubeconfig(t, 'http://127.0.0.1:1'), callTimeoutMs: 1000, env: {} })
  t.match(await none.request(ref, quit, calm), { kind: 'failed', wasSent: false, error: /refuses connections/ })
})

t.test('request() speaks v4 alone', async t => {
  const { cluster } = await forwarding(t, () => {}, { protocol: 'v5.channel.k8s.io' })
  t.match(await cluster.request(ref, quit, calm), { kind: 'failed', wasSent: false, error: /subprotocol/ })
})

t.test('request() ends at the deadline, and kills the socket', async t => {
  const closed = Promise.withResolvers<void>()
  const { cluster } = await forwarding(t, socket => void socket.on('close', closed.resolve), { callTimeoutMs: 150 })
  t.match(await cluster.request(ref, quit, calm), {
    kind: 'failed',
    wasSent: true,
    code: 'unreachable',
    error: /^Cannot reach port 9091 of pod shop\/web-1: no complete answer from .* within 0.15 s; it may have been done all the same$/,
  })
  await closed.promise
})

t.test('request() rejects with the reason of an aborted signal', async t => {
  const controller = new AbortController()
  const { cluster } = await forwarding(t, () => controller.abort(new Error('enough')))
  await t.rejects(cluster.request(ref, quit, controller.signal), new Error('enough'))
  await t.rejects(cluster.request(ref, quit, AbortSignal.abort(new Error('before'))), new Error('before'))
})

t.test('request() tells why the server refused the upgrade, and tries only 429 again', async t => {
  const rows: readonly [number, string, RegExp][] = [
    [
      403,
      'pods "web-1" is forbidden',
      /needs verb create \(before Kubernetes 1.35: get\) on resource pods\/portforward \(core API group\), in namespace shop; grant it with a Role/,
    ],
    [403, 'admission webhook "guard" denied the request: no', /refused by an admission policy\. Server: admission webhook/],
    [404, 'pods "web-1" not found', /not found\. Server: pods "web-1" not found$/],
    [500, 'error dialing backend: dial tcp 10.0.0.1:10250: i/o timeout', /answered 500 .*error dialing backend/],
  ]
  for (const [status, message, error] of rows) {
    const { cluster, received } = await connected(t, (_, response) => refuse(response, status, message))
    t.match(await cluster.request(ref, quit, calm), { kind: 'failed', wasSent: false, error })
    t.equal(received.length, 1)
  }
})

t.test('request() tries again after 429, since nothing was sent', async t => {
  const { cluster, server } = await connected(t, () => {})
  let upgrades = 0
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    if (upgrades++ === 0) return void socket.end('HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, client => {
      greet(client)
      void once(client, 'message').then(() => client.send(frame(0, 'HTTP/1.1 200 OK\r\n\r\n')))
    })
  })
  t.same(await cluster.request(ref, quit, calm), { kind: 'answered', status: 200 })
})

/** A pod on a sandbox, and a client to it. */
async function sandboxed(t: Test, proxy: Behaviour, options: SandboxOptions = {}, client: Partial<ConnectOptions> = {}) {
  const sandbox: Sandbox = await startSandbox({ processes: 'memory', ...options })
  t.teardown(() => void sandbox.close())
  sandbox.addPod(stuckPod('p'), { behaviours: { proxy } })
  const file = kubeconfig(t, sandbox.url, { user: { token: sandbox.token }, cluster: { 'insecure-skip-tls-verify': true } })
  const cluster = await connectCluster({ kubeconfig: file, callTimeoutMs: 5000, env: {}, ...client })
  t.teardown(() => cluster.close())
  return { sandbox, request: (request: PodRequest) => cluster.request({ namespace: 'default', name: 'p' }, request, calm) }
}

const listening: Behaviour = { listens: { 9091: { 'POST /quitquitquit': { ends: { exit: 0 } } } } }

t.test('request() ends a container of the sandbox by its quit endpoint', async t => {
  const { sandbox, request } = await sandboxed(t, listening)
  t.same(await request({ ...quit, method: 'GET' }), { kind: 'answered', status: 404 })
  t.match(await request({ ...quit, port: 9092 }), { kind: 'failed', wasSent: false, error: /connection refused/ })
  t.same(await request(quit), { kind: 'answered', status: 200 })
  await sandbox.waitFor(() => sandbox.pod('default', 'p')?.status.phase === 'Succeeded')
})

t.test('request() of an endpoint that ends before it answers was sent', async t => {
  const { request } = await sandboxed(t, { listens: { 9091: { 'POST /quitquitquit': { delayMs: 5000, ends: { exit: 0 } } } } })
  t.match(await request(quit), { kind: 'failed', wasSent: true, error: /connection reset by peer/ })
})

t.test('request() meets the faults of the sandbox', async t => {
  const rows: readonly [Extract<Effect, { kind: 'port-forward' }>['answer'], object][] = [
    ['refused', { kind: 'failed', wasSent: false }],
    ['never', { kind: 'failed', wasSent: true, error: /within 0.2 s/ }],
    ['half', { kind: 'failed', wasSent: true }],
    ['reset', { kind: 'failed', wasSent: true }],
    ['cut', { kind: 'failed', wasSent: true }],
    [{ status: 500 }, { kind: 'answered', status: 500 }],
  ]
  for (const [answer, expected] of rows) {
    const faults = [{ on: { resource: 'pods/portforward' }, do: { kind: 'port-forward', deliver: false, answer } }] as const
    const { request } = await sandboxed(t, listening, { faults }, answer === 'never' ? { callTimeoutMs: 200 } : {})
    t.match(await request(quit), expected, JSON.stringify(answer))
  }
})

t.test('request() of a pod on a node that does not answer: error dialing backend', async t => {
  const { sandbox, request } = await sandboxed(t, listening)
  sandbox.addNode('sandbox-node', false)
  t.match(await request(quit), { kind: 'failed', wasSent: false, error: /error dialing backend: dial tcp .* connection refused/ })
})
