import { once } from 'node:events'
import { createServer as createSocketServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { connectCluster, type ConnectOptions } from '../../../runtime/cluster/connect.ts'
import { api, calm, certificate, clusterError, json, kubeconfig, type Test } from './api.ts'

const ref = { namespace: 'shop', name: 'web-1' }

async function connected(t: Test, server: string, config: { cluster?: object; user?: object }, options: Partial<ConnectOptions> = {}) {
  const cluster = await connectCluster({
    kubeconfig: kubeconfig(t, server, config),
    callTimeoutMs: 2000,
    retry: { pauseMs: 1 },
    env: {},
    ...options,
  })
  t.teardown(() => cluster.close())
  return cluster
}

const ca = (cert: string) => ({ 'certificate-authority-data': btoa(cert) })

t.test('a certificate that is not trusted, or for another name, is told apart, and not tried again', async t => {
  const right = certificate(t, 'api', 'IP:127.0.0.1')
  const stranger = certificate(t, 'stranger', 'IP:127.0.0.1')
  const server = await api(t, (_, response) => json(response, {}), right)
  t.same(await (await connected(t, server.url, { cluster: ca(right.cert) })).pod(ref, calm), {})
  t.match(await clusterError((await connected(t, server.url, { cluster: ca(stranger.cert) })).pod(ref, calm)), {
    code: 'unreachable',
    message:
      /^Cannot read pod shop\/web-1: the certificate of https:\S+ \(kubeconfig .*, context here\) is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\), check certificate-authority$/,
  })
  const elsewhere = certificate(t, 'elsewhere', 'DNS:elsewhere.test')
  const other = await api(t, (_, response) => json(response, {}), elsewhere)
  t.match(await clusterError((await connected(t, other.url, { cluster: ca(elsewhere.cert) })).pod(ref, calm)), {
    code: 'unreachable',
    message: /is not for this name but for DNS:elsewhere.test: use one of them, or set tls-server-name$/,
  })
  t.same(
    await (await connected(t, other.url, { cluster: { ...ca(elsewhere.cert), 'tls-server-name': 'elsewhere.test' } })).pod(ref, calm),
    {},
  )
  t.same(await (await connected(t, other.url, { cluster: { 'insecure-skip-tls-verify': true } })).pod(ref, calm), {})
})

t.test('a client certificate is shown, and one that cannot be read is config', async t => {
  const right = certificate(t, 'api', 'IP:127.0.0.1')
  const client = certificate(t, 'client', 'DNS:client')
  const server = await api(t, (_, response) => json(response, {}), { ...right, ca: client.cert, requestCert: true })
  const user = { 'client-certificate': client.certFile, 'client-key': client.keyFile }
  t.same(await (await connected(t, server.url, { cluster: ca(right.cert), user })).pod(ref, calm), {})
  t.match(await clusterError((await connected(t, server.url, { cluster: ca(right.cert) })).pod(ref, calm)), { code: 'unreachable' })
  t.match(
    await clusterError(
      (
        await connected(t, server.url, {
          cluster: ca(right.cert),
          user: { ...user, 'client-key': undefined, 'client-key-data': btoa('rubbish') },
        })
      ).pod(ref, calm),
    ),
    {
      code: 'config',
      message:
        /a certificate or key of https:.* cannot be read \(ERR_OSSL_\w+\), check certificate-authority, client-certificate and client-key$/,
    },
  )
  t.match(
    await clusterError((await connected(t, server.url, { cluster: { 'certificate-authority': '/no/such/ca.crt' } })).pod(ref, calm)),
    { code: 'config', message: /no credentials for .*\/no\/such\/ca.crt/ },
  )
})

t.test('TLS to a server that does not speak it, and plain text to one that does', async t => {
  const plain = await api(t, (_, response) => json(response, {}))
  t.match(await clusterError((await connected(t, plain.url.replace('http:', 'https:'), {})).pod(ref, calm)), {
    code: 'unreachable',
    message: /does not speak TLS, check the address and its scheme$/,
  })
  const secure = await api(t, (_, response) => json(response, {}), certificate(t, 'api', 'IP:127.0.0.1'))
  t.match(await clusterError((await connected(t, secure.url.replace('https:', 'http:'), {})).pod(ref, calm)), { code: 'unreachable' })
  const babble = createSocketServer(socket => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH_9\r\n'))
  babble.listen(0, '127.0.0.1')
  await once(babble, 'listening')
  t.teardown(() => void babble.close())
  // True of a server that listens on a port.
  const { port } = babble.address() as AddressInfo
  t.match(await clusterError((await connected(t, `http://127.0.0.1:${port}`, {})).pod(ref, calm)), {
    code: 'unreachable',
    message: /does not speak HTTP \(HPE_\w+\)/,
  })
})
