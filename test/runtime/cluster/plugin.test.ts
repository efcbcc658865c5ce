import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { connectCluster } from '../../../runtime/cluster/connect.ts'
import { failure } from '../../../runtime/failure.ts'
import { api, calm, certificate, clusterError, folder, json, kubeconfig, type Test } from './api.ts'

const ref = { namespace: 'shop', name: 'web-1' }
const apiVersion = 'client.authentication.k8s.io/v1'
const credential = (status: object) => JSON.stringify({ apiVersion, kind: 'ExecCredential', status })

/** A plugin that is this shell script, and how often it was started. */
function plugin(t: Test, script: string) {
  const log = join(folder(t), 'log')
  writeFileSync(log, '')
  return {
    exec: { apiVersion, command: 'sh', args: ['-c', `echo run >> ${log}; ${script}`] },
    starts: () => readFileSync(log, 'utf8').split('\n').length - 1,
  }
}

/** A server over TLS, and a client that logs in to it by that plugin. */
async function cluster(t: Test, exec: object, { more = {}, callTimeoutMs = 20_000, client = {} } = {}) {
  const tls = certificate(t, 'api', 'IP:127.0.0.1,DNS:api.test')
  const peers: string[] = []
  const server = await api(t, (_, response) => json(response, {}), { ...tls, ...client })
  server.server.on('secureConnection', socket => peers.push(socket.getPeerCertificate().subject?.CN ?? ''))
  const file = kubeconfig(t, server.url, { cluster: { 'certificate-authority': tls.certFile, ...more }, user: { exec } })
  const connection = await connectCluster({ kubeconfig: file, callTimeoutMs, retry: { pauseMs: 1 }, env: {} })
  t.teardown(() => connection.close())
  return { client: connection, received: server.received, peers, cert: tls.cert }
}

t.test('a credential plugin starts once for calls at the same time and learns which version to speak', async t => {
  const { exec, starts } = plugin(t, `case "$KUBERNETES_EXEC_INFO" in *${apiVersion}*) echo '${credential({ token: 't1' })}';; esac`)
  const { client, received } = await cluster(t, exec)
  await Promise.all([client.pod(ref, calm), client.pod(ref, calm), client.pod(ref, calm)])
  await client.pod(ref, calm)
  t.same(
    received.map(({ headers }) => headers.authorization),
    Array(4).fill('Bearer t1'),
  )
  t.equal(starts(), 1)
})

t.test('a credential plugin starts again when its token has expired', async t => {
  const { exec, starts } = plugin(t, `echo '${credential({ token: 't1', expirationTimestamp: '2020-01-01T00:00:00Z' })}'`)
  const { client } = await cluster(t, exec)
  await client.pod(ref, calm)
  await client.pod(ref, calm)
  t.equal(starts(), 2)
})

t.test('a credential plugin may log in with a client certificate', async t => {
  const { cert, key } = certificate(t, 'robot', 'DNS:robot')
  const answer = join(folder(t), 'answer')
  writeFileSync(answer, credential({ clientCertificateData: cert, clientKeyData: key }))
  const exec = { apiVersion, command: 'cat', args: [answer] }
  const { client, peers } = await cluster(t, exec, { client: { requestCert: true, ca: cert } })
  await client.pod(ref, calm)
  t.same(peers, ['robot'])
})

t.test('a credential plugin is told of the cluster when it asks, with the certificate authority of a file', async t => {
  const info = join(folder(t), 'info')
  const { exec } = plugin(t, `printf %s "$KUBERNETES_EXEC_INFO" > ${info}; echo '${credential({ token: 't1' })}'`)
  const { client, cert, received } = await cluster(t, { ...exec, provideClusterInfo: true }, { more: { 'tls-server-name': 'api.test' } })
  await client.pod(ref, calm)
  t.equal(received.length, 1)
  t.match(JSON.parse(readFileSync(info, 'utf8')), {
    apiVersion,
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: { server: /^https:/, 'tls-server-name': 'api.test', 'certificate-authority-data': btoa(cert) } },
  })
})

t.test('a credential plugin without credentials is one sentence, starts once, and nothing that it printed is shown', async t => {
  const secret = 'k8s-aws-v1.c2VjcmV0'
  const cases = [
    [`echo ${secret}; echo "please\u001b log in" >&2; exit 1`, 'unauthorized', 'exited with 1: please\\u{1b} log in'],
    [`echo ${secret}; exit 3`, 'unauthorized', 'exited with 3'],
    ['kill -9 $$', 'unauthorized', 'was ended by SIGKILL'],
    ['true', 'config', 'answered with something else than JSON'],
    [`echo ${secret}`, 'config', 'answered with something else than JSON'],
    [`echo '{"status": {"token": "${secret}"'`, 'config', 'answered with something else than JSON'],
    ['echo null', 'config', 'answered with no ExecCredential that has a status'],
    [`echo '{"kind": "ExecCredential"}'`, 'config', 'answered with no ExecCredential that has a status'],
    [`echo '${credential({ token: 7 })}'`, 'config', 'answered with no ExecCredential that has a status'],
    [`echo '${credential({})}'`, 'config', 'answered with neither a token nor a client certificate'],
    [`echo '${credential({ clientKeyData: secret })}'`, 'config', 'answered with only one of certificate and key'],
    ['yes', 'config', 'does not stop to print'],
  ] as const
  for (const [script, code, found] of cases) {
    const { exec, starts } = plugin(t, script)
    const { client, received } = await cluster(t, exec)
    const error = await clusterError(client.pod(ref, calm))
    t.equal(error.code, code, script)
    t.match(
      error.message,
      /^Cannot read pod shop\/web-1: no credentials for https:\S+ \(kubeconfig .*, context here\): credential plugin sh /,
    )
    t.ok(error.message.endsWith(`: credential plugin sh ${found}`), error.message)
    t.notMatch(failure(error, true).lines.join('\n'), 'k8s-aws', 'nor when debugging')
    t.match(failure(error, false), { code: 3, lines: [/^error: [^\n]+$/] })
    t.same([starts(), received.length], [1, 0])
  }
})

t.test('a credential plugin that is absent is named, with the hint of the kubeconfig', async t => {
  const { client } = await cluster(t, { apiVersion, command: 'no-such-plugin', installHint: 'get it\nfrom us' })
  t.match(await clusterError(client.pod(ref, calm)), {
    code: 'config',
    message: /: credential plugin no-such-plugin cannot be started \(ENOENT\): get it\\u\{a\}from us$/,
  })
})

t.test('a credential plugin that hangs is killed at the deadline of the call, though it is deaf', async t => {
  const pid = join(folder(t), 'pid')
  const { exec, starts } = plugin(t, `trap '' TERM; echo $$ > ${pid}; exec sleep 60`)
  const { client } = await cluster(t, exec, { callTimeoutMs: 1000 })
  t.match(await clusterError(client.pod(ref, calm)), {
    code: 'config',
    message: /: no credentials for https:\S+ \(kubeconfig .*\): credential plugin sh gave no answer within 1 s$/,
  })
  await gone(Number(readFileSync(pid, 'utf8')))
  t.equal(starts(), 1)
})

/** Resolves once no process has that id. */
async function gone(pid: number): Promise<void> {
  for (const deadline = Date.now() + 20_000; Date.now() < deadline; await sleep(10)) {
    try {
      process.kill(pid, 0)
    } catch {
      return
    }
  }
  throw new Error(`Process ${pid} lives on`)
}
