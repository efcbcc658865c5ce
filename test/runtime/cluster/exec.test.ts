import { once } from 'node:events'
import type { Socket } from 'node:net'
import t from 'tap'
import { WebSocket, WebSocketServer } from 'ws'
import { type Api, calm, certificate, connected, kubeconfig, api, refuse, type Test } from './api.ts'
import { connectCluster, type ConnectOptions } from '../../../runtime/cluster/connect.ts'

const ref = { namespace: 'shop', name: 'web-1', container: 'proxy' }
const argv = ['kill', '-TERM', '1']

/** A server that speaks one version of the protocol and does with each socket what the test says. */
function speaking(server: Api, protocol: string, talk: (socket: WebSocket, url: URL) => void): void {
  const sockets = new WebSocketServer({ server: server.server, handleProtocols: offered => (offered.has(protocol) ? protocol : false) })
  sockets.on('connection', (socket, request) => talk(socket, new URL(request.url ?? '', 'http://x')))
}

async function execServer(t: Test, protocol: string, talk: (socket: WebSocket, url: URL) => void, options: Partial<ConnectOptions> = {}) {
  const server = await connected(t, (_, response) => refuse(response, 500), options)
  speaking(server, protocol, talk)
  return server
}

const frame = (channel: number, data: string | Buffer) => Buffer.concat([Buffer.of(channel), Buffer.from(data)])
const success = frame(3, '{"metadata": {}, "status": "Success"}')
const exited = (code: string) =>
  frame(
    3,
    JSON.stringify({
      status: 'Failure',
      reason: 'NonZeroExitCode',
      message: `exit code ${code}`,
      details: { causes: [{ reason: 'ExitCode', message: code }] },
    }),
  )

for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io']) {
  t.test(`exec() speaks ${protocol}: output, complaint and exit code`, async t => {
    const seen: URL[] = []
    const { cluster } = await execServer(t, protocol, (socket, url) => {
      seen.push(url)
      for (const channel of [1, 2, 3]) socket.send(frame(channel, ''))
      socket.close()
    })
    // An empty Status says nothing.
    t.match(await cluster.exec(ref, argv, calm), { kind: 'failed', code: 'server' })
    t.equal(seen[0]?.pathname, '/api/v1/namespaces/shop/pods/web-1/exec')
    t.same(seen[0]?.searchParams.getAll('command'), argv)
    t.same(seen[0]?.searchParams.get('container'), 'proxy')

    const good = await execServer(t, protocol, socket => {
      socket.send(frame(1, 'hel'))
      socket.send(frame(1, 'lo\n'))
      socket.send(frame(2, 'odd\u001b thing\n'))
      socket.send(success)
      socket.close()
    })
    t.same(await good.cluster.exec(ref, argv, calm), { kind: 'exited', code: 0, output: 'hello\n', complaint: 'odd\\u{1b} thing' })
  })
}

t.test('exec() gives the exit code of a command that failed', async t => {
  const { cluster } = await execServer(t, 'v5.channel.k8s.io', socket => socket.send(exited('137')))
  t.same(await cluster.exec(ref, argv, calm), { kind: 'exited', code: 137, output: '', complaint: '' })
})

t.test('exec() fails with the message of an InternalError, as for a missing binary', async t => {
  const status = {
    status: 'Failure',
    reason: 'InternalError',
    code: 500,
    message: 'OCI runtime exec failed: exec: "kill":\nexecutable file not found in $PATH',
  }
  const { cluster } = await execServer(t, 'v5.channel.k8s.io', socket => socket.send(frame(3, JSON.stringify(status))))
  t.same(await cluster.exec(ref, argv, calm), {
    kind: 'failed',
    code: 'server',
    error:
      'Cannot exec in container proxy of pod shop/web-1: OCI runtime exec failed: exec: "kill":\\u{a}executable file not found in $PATH',
  })
})

t.test('exec() keeps 64 KiB of stdout and 200 characters of stderr and lets the rest go by', async t => {
  const { cluster } = await execServer(t, 'v5.channel.k8s.io', socket => {
    for (let i = 0; i < 10; i++) {
      socket.send(frame(1, Buffer.alloc(10_000, 'o')))
      socket.send(frame(2, Buffer.alloc(10_000, 'e')))
    }
    socket.send(success)
  })
  t.match(await cluster.exec(ref, argv, calm), { kind: 'exited', output: /^o{65536}$/, complaint: /^e{199}…$/ })
})

t.test('exec() tells by its code why the server refused the upgrade', async t => {
  const cases = [
    [
      403,
      'pods "web-1" is forbidden',
      'forbidden',
      /needs verb create \(before Kubernetes 1.35: get\) on resource pods\/exec \(core API group\), in namespace shop/,
    ],
    [404, 'pods "web-1" not found', 'not-found', /not found. Server: pods "web-1" not found$/],
    [400, 'container proxy is not valid for pod web-1', 'invalid', /container proxy is not valid/],
    [
      500,
      'container not found ("proxy")',
      'server',
      /^Cannot exec in container proxy of pod shop\/web-1: http:\S+ answered 500 Internal Server Error. Server: container not found \("proxy"\)$/,
    ],
  ] as const
  for (const [status, message, code, error] of cases) {
    const { cluster, received } = await connected(t, (_, response) => refuse(response, status, message))
    t.match(await cluster.exec(ref, argv, calm), { kind: 'failed', code, error })
    t.equal(received.length, 1)
  }
})

t.test('exec() tries again after 429, since nothing ran', async t => {
  const server = await connected(t, () => {})
  let upgrades = 0
  const sockets = new WebSocketServer({ noServer: true })
  server.server.on('upgrade', (request, socket, head) => {
    if (upgrades++ === 0) return void socket.end('HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, client => client.send(success))
  })
  t.match(await server.cluster.exec(ref, argv, calm), { kind: 'exited', code: 0 })
})

t.test('exec() fails when the connection closes before the result, or speaks no version of ours', async t => {
  const { cluster } = await execServer(t, 'v5.channel.k8s.io', socket => socket.close(1011))
  t.match(await cluster.exec(ref, argv, calm), {
    kind: 'failed',
    code: 'unreachable',
    error: /the connection was closed \(1011\) before the command's result came; it may have run$/,
  })
  const cut = await execServer(t, 'v5.channel.k8s.io', socket => socket.terminate())
  t.match(await cut.cluster.exec(ref, argv, calm), { kind: 'failed', code: 'unreachable' })
  const old = await execServer(t, 'v1.channel.k8s.io', () => {})
  t.match(await old.cluster.exec(ref, argv, calm), { kind: 'failed', code: 'unreachable', error: /subprotocol/ })
  const none = await connectCluster({ kubeconfig: kubeconfig(t, 'http://127.0.0.1:1'), callTimeoutMs: 1000, env: {} })
  t.match(await none.exec(ref, argv, calm), { kind: 'failed', code: 'unreachable', error: /refuses connections/ })
})

t.test('exec() ends at the deadline, while connecting and while the command runs, and kills the socket', async t => {
  const closed = Promise.withResolvers<void>()
  const { cluster } = await execServer(t, 'v5.channel.k8s.io', socket => void socket.on('close', closed.resolve), { callTimeoutMs: 150 })
  t.match(await cluster.exec(ref, argv, calm), {
    kind: 'failed',
    code: 'unreachable',
    error: /no complete answer from .* within 0.15 s; it may have been done all the same$/,
  })
  await closed.promise
  const mute = await connected(t, () => {}, { callTimeoutMs: 50 })
  const connection = once(mute.server, 'upgrade')
  t.match(await mute.cluster.exec(ref, argv, calm), { kind: 'failed', code: 'unreachable' })
  // node:http types the socket as a Duplex.
  const socket = (await connection)[1] as Socket
  await once(socket.resume(), 'end')
})

t.test('exec() rejects with the reason of an aborted signal', async t => {
  const controller = new AbortController()
  const { cluster } = await execServer(t, 'v5.channel.k8s.io', () => controller.abort(new Error('enough')))
  await t.rejects(cluster.exec(ref, argv, controller.signal), new Error('enough'))
})

t.test('exec() works over TLS with a token', async t => {
  const { cert, key } = certificate(t, 'api', 'IP:127.0.0.1')
  const server = await api(t, () => {}, { cert, key })
  speaking(server, 'v5.channel.k8s.io', socket => socket.send(success))
  const tokens: (string | undefined)[] = []
  server.server.on('upgrade', ({ headers }) => tokens.push(headers.authorization))
  const file = kubeconfig(t, server.url, { cluster: { 'certificate-authority-data': btoa(cert) }, user: { token: 'abc' } })
  const cluster = await connectCluster({ kubeconfig: file, callTimeoutMs: 2000, env: {} })
  t.match(await cluster.exec(ref, argv, calm), { kind: 'exited', code: 0 })
  t.same(tokens, ['Bearer abc'])
  cluster.close()
})
