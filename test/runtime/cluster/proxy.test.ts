import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { connect, createServer as createSocketServer, type AddressInfo, type Server as SocketServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import t from 'tap'
import { connectCluster } from '../../../runtime/cluster/connect.ts'
import { environmentProxy } from '../../../runtime/cluster/proxy.ts'
import { api, calm, certificate, clusterError, json, kubeconfig, type Test } from './api.ts'

const ref = { namespace: 'shop', name: 'web-1' }

async function client(t: Test, server: string, cluster: object, env: NodeJS.ProcessEnv, callTimeoutMs = 5000) {
  const options = { kubeconfig: kubeconfig(t, server, { cluster }), callTimeoutMs, retry: { pauseMs: 1 }, env }
  const connected = await connectCluster(options)
  t.teardown(() => connected.close())
  return connected
}

/** A server whose name only a proxy knows, and what a client of it needs. */
async function hidden(t: Test) {
  const tls = certificate(t, 'api', 'DNS:api.test')
  const { url } = await api(t, (_, response) => json(response, {}), tls)
  return { server: 'https://api.test', authority: { 'certificate-authority-data': btoa(tls.cert) }, port: Number(new URL(url).port) }
}

/** The host and port of a server that is closed with its connections. */
async function listening(t: Test, server: Server | SocketServer): Promise<string> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  // True of a server that listens on a port.
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function join(socket: Duplex, port: number, hello: Buffer | string): void {
  const upstream = connect(port, '127.0.0.1', () => {
    socket.write(hello)
    upstream.pipe(socket).pipe(upstream)
  })
  upstream.on('error', () => socket.destroy())
  socket.on('error', () => upstream.destroy())
}

/** The address of a proxy that takes each CONNECT to that port, and the names that it was asked for. */
async function httpProxy(t: Test, port: number) {
  const asked: string[] = []
  const server = createServer()
  server.on('connect', ({ url = '' }, socket) => {
    asked.push(url)
    join(socket, port, 'HTTP/1.1 200 OK\r\n\r\n')
  })
  return { address: await listening(t, server), asked }
}

/** The same for SOCKS 5 (RFC 1928), without a login and with names only. */
async function socksProxy(t: Test, port: number) {
  const asked: string[] = []
  const server = createSocketServer(socket => {
    socket.once('data', () => {
      socket.write(Buffer.of(5, 0))
      socket.once('data', request => {
        asked.push(`${request.subarray(5, 5 + request.readUInt8(4)).toString()}:${request.readUInt16BE(request.length - 2)}`)
        join(socket, port, Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0))
      })
    })
  })
  return { address: await listening(t, server), asked }
}

t.test('the proxy-url of the kubeconfig and HTTPS_PROXY are used, with a scheme or without, and connections through them kept', async t => {
  const { server, authority, port } = await hidden(t)
  const { address, asked } = await httpProxy(t, port)
  for (const [cluster, env] of [
    [{ 'proxy-url': `http://${address}` }, {}],
    [{}, { HTTPS_PROXY: `http://${address}` }],
    [{}, { HTTPS_PROXY: address, https_proxy: 'http://127.0.0.1:1' }],
    [{}, { HTTPS_PROXY: '', https_proxy: `localhost:${address.split(':')[1]}` }],
  ] as const) {
    const { pod } = await client(t, server, { ...authority, ...cluster }, env)
    t.same([await pod(ref, calm), await pod(ref, calm)], [{}, {}])
    t.same(asked.splice(0), ['api.test:443'])
  }
})

t.test('a SOCKS proxy is used, resolves the name itself, and its connections are kept', async t => {
  const { server, authority, port } = await hidden(t)
  const { address, asked } = await socksProxy(t, port)
  for (const [cluster, env] of [
    [{ 'proxy-url': `socks5://${address}` }, {}],
    [{}, { HTTPS_PROXY: `socks5://${address}` }],
    [{}, { https_proxy: `socks5h://${address}` }],
  ] as const) {
    const { pod } = await client(t, server, { ...authority, ...cluster }, env)
    t.same([await pod(ref, calm), await pod(ref, calm)], [{}, {}])
    t.same(asked.splice(0), ['api.test:443'])
  }
})

t.test('a proxy that cannot be used is config before anything is sent, and its password is not shown', async t => {
  const of = async (cluster: object, env: NodeJS.ProcessEnv) => (await clusterError(client(t, 'https://api.test', cluster, env))).message
  const expected = 'expected an address with http://, https:// or socks5://'
  t.equal(await of({}, { HTTPS_PROXY: 'ftp://me:secret@proxy.test' }), `Cannot use HTTPS_PROXY: got …@proxy.test, ${expected}`)
  t.equal(await of({}, { https_proxy: 'a b' }), `Cannot use https_proxy: got http://a b, ${expected}`)
  t.match(
    await of({ 'proxy-url': 'proxy.test:3128' }, {}),
    /^Cannot use proxy-url of kubeconfig \S+, context here: got proxy.test:3128, expected an address with /,
  )
})

t.test('a proxy that does not answer is blamed itself, and its password is not shown', async t => {
  const of = async (cluster: object, env: NodeJS.ProcessEnv) => {
    const { pod } = await client(t, 'https://api.test', cluster, env)
    return (await clusterError(pod(ref, calm))).message.replace(/kubeconfig \S+,/, 'kubeconfig FILE,')
  }
  const refuses = 'refuses connections, check that it is the right address and that the server runs (5 tries)'
  t.equal(
    await of({}, { HTTPS_PROXY: 'me:secret@127.0.0.1:1' }),
    `Cannot read pod shop/web-1: the proxy http://127.0.0.1:1 (HTTPS_PROXY) ${refuses}`,
  )
  t.equal(
    await of({ 'proxy-url': 'http://me:secret@127.0.0.1:1' }, {}),
    `Cannot read pod shop/web-1: the proxy http://127.0.0.1:1 (proxy-url) ${refuses}`,
  )
  t.equal(
    await of({}, { HTTPS_PROXY: 'http://no-such-proxy.invalid' }),
    'Cannot read pod shop/web-1: the name in the proxy http://no-such-proxy.invalid (HTTPS_PROXY) cannot be resolved, check the address and the DNS',
  )
  t.match(
    await of({}, { HTTPS_PROXY: 'socks5://127.0.0.1:1' }),
    /the connection to https:\/\/api.test \(kubeconfig FILE, context here\) through the proxy socks5:\/\/127.0.0.1:1 \(HTTPS_PROXY\) failed: .*ECONNREFUSED/,
  )
  const refusing = createServer()
  refusing.on('connect', (_, socket) => void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n'))
  const address = await listening(t, refusing)
  t.match(
    await of({}, { HTTPS_PROXY: address }),
    /the connection to https:\/\/api.test \(.*\) through the proxy http:\S+ \(HTTPS_PROXY\) failed: .* 407 Proxy Authentication Required/,
  )
})

t.test('a proxy that hangs is no reason to wait longer than the call timeout', async t => {
  const address = await listening(
    t,
    createSocketServer(socket => void socket.on('error', () => {})),
  )
  for (const proxy of [`http://${address}`, `socks5://${address}`]) {
    const { pod } = await client(t, 'https://api.test', {}, { HTTPS_PROXY: proxy }, 200)
    t.match(await clusterError(pod(ref, calm)), {
      code: 'unreachable',
      message: /no complete answer from https:\/\/api.test \(.*\) through the proxy \S+ \(HTTPS_PROXY\) within 0.2 s$/,
    })
  }
})

t.test('environmentProxy() exempts by name, parent domain, port and network', async t => {
  const HTTPS_PROXY = 'http://proxy.test'
  const isProxied = (server: string, NO_PROXY: string) => environmentProxy(new URL(server), { HTTPS_PROXY, NO_PROXY }) !== undefined
  const direct = [
    ['https://10.96.0.1', '.svc, 10.0.0.0/8'],
    ['https://[fd00::1]:6443', 'fd00::/8'],
    ['https://10.96.0.1', '10.96.0.1'],
    ['https://api.corp.test', 'corp.test'],
    ['https://api.corp.test', '.corp.test'],
    ['https://api.corp.test:6443', '*.corp.test:6443'],
    ['https://api.test', '*'],
    ['https://localhost:6443', ''],
    ['https://127.0.0.1:6443', ''],
    ['https://[::1]:6443', ''],
  ] as const
  const proxied = [
    ['https://10.96.0.1', '192.168.0.0/16'],
    ['https://10.96.0.1', '10.0.0.0/99, 10/8'],
    ['https://corp.test', '.corp.test'],
    ['https://mycorp.test', 'corp.test'],
    ['https://api.corp.test', 'corp.test:6443'],
    ['https://api.test', ''],
  ] as const
  t.same(
    direct.filter(([server, exempt]) => isProxied(server, exempt)),
    [],
  )
  t.same(
    proxied.filter(([server, exempt]) => !isProxied(server, exempt)),
    [],
  )
})

t.test('environmentProxy() takes the variable of the scheme, and an empty one for none', async t => {
  const of = (server: string, env: NodeJS.ProcessEnv) => environmentProxy(new URL(server), env)
  t.same(of('https://api.test', { HTTPS_PROXY: '', https_proxy: 'p' }), { variable: 'https_proxy', value: 'p' })
  t.same(of('http://api.test', { HTTPS_PROXY: 's', HTTP_PROXY: 'p' }), { variable: 'HTTP_PROXY', value: 'p' })
  t.equal(of('https://api.test', { HTTP_PROXY: 'p' }), undefined)
  t.equal(of('https://api.test', { HTTPS_PROXY: 'p', NO_PROXY: '', no_proxy: 'api.test' }), undefined)
})
