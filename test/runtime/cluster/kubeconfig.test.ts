import type { IncomingHttpHeaders } from 'node:http'
import { mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import t from 'tap'
import { WebSocketServer } from 'ws'
import { ClusterError } from '../../../runtime/cluster.ts'
import { connectCluster } from '../../../runtime/cluster/connect.ts'
import { loadAccess } from '../../../runtime/cluster/kubeconfig.ts'
import { api, calm, certificate, clusterError, connected, folder, json, kubeconfig, refuse, type Test } from './api.ts'

const ref = { namespace: 'shop', name: 'web-1' }

function file(t: Test, content: object | string): string {
  const path = join(folder(t), 'config')
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

const config = (name: string, more: object = {}) => ({
  contexts: [{ name, context: { cluster: name, user: name, namespace: `ns-${name}` } }],
  clusters: [{ name, cluster: { server: `https://${name}.test` } }],
  users: [{ name, user: { token: name } }],
  ...more,
})

function problem(load: () => unknown): string {
  try {
    load()
  } catch (error) {
    if (error instanceof ClusterError && error.code === 'config') return error.message
    throw error
  }
  return 'none'
}

t.test('loadAccess() takes the flag before KUBECONFIG before the home folder', async t => {
  const [flag, listed, home] = [
    file(t, config('flag', { 'current-context': 'flag' })),
    file(t, config('listed', { 'current-context': 'listed' })),
    folder(t),
  ]
  mkdirSync(join(home, '.kube'))
  writeFileSync(join(home, '.kube/config'), JSON.stringify(config('home', { 'current-context': 'home' })))
  t.match(loadAccess({ kubeconfig: flag, env: { KUBECONFIG: listed, HOME: home } }), {
    server: 'https://flag.test',
    namespace: 'ns-flag',
    source: `kubeconfig ${flag}, context flag`,
  })
  t.match(loadAccess({ env: { KUBECONFIG: listed, HOME: home } }), { server: 'https://listed.test' })
  t.match(loadAccess({ env: { HOME: home } }), { server: 'https://home.test' })
})

t.test('loadAccess() merges a list as kubectl: the first wins, absent files count for nothing', async t => {
  const one = file(t, config('a'))
  const two = file(t, {
    ...config('a', { 'current-context': 'b' }),
    contexts: [...config('a').contexts, { name: 'b', context: { cluster: 'a', user: 'a' } }],
    clusters: [{ name: 'a', cluster: { server: 'https://other.test' } }],
  })
  const three = file(t, config('c', { 'current-context': 'c' }))
  const env = { KUBECONFIG: ['/no/such/file', one, two, three].join(delimiter) }
  t.match(loadAccess({ env }), { server: 'https://a.test', namespace: 'default', source: /context b$/ })
  t.match(loadAccess({ env, context: 'c' }), { server: 'https://c.test', namespace: 'ns-c' })
})

t.test('loadAccess() says where it looked in vain, and never takes localhost:8080', async t => {
  const home = folder(t)
  t.match(
    problem(() => loadAccess({ env: { HOME: home } })),
    /^No cluster to talk to: no kubeconfig at .*\.kube.config, KUBECONFIG is not set, and this is no pod with a ServiceAccount token; pass --kubeconfig FILE or set KUBECONFIG$/,
  )
  t.match(
    problem(() => loadAccess({ env: { HOME: home, KUBECONFIG: '/no/such' } })),
    /^No cluster to talk to: KUBECONFIG names \/no\/such, which does not exist, and/,
  )
  t.match(
    problem(() => loadAccess({ kubeconfig: '/no/such', env: {} })),
    'Cannot read kubeconfig /no/such: there is no such file',
  )
})

t.test('loadAccess() names the file and what is wrong with it, but never shows its content', async t => {
  const of = (content: object | string, context?: string) =>
    problem(() => loadAccess({ kubeconfig: file(t, content), context, env: {} })).replace(/ \/\S+\/config/, ' FILE')
  t.match(of('users:\n- token: secret\n  x: {\n'), /^Cannot read kubeconfig FILE: [a-z ]+ \(line 4\)$/)
  t.equal(of('just text'), 'Cannot read kubeconfig FILE: it is no YAML mapping')
  t.equal(of(''), 'Cannot use kubeconfig FILE: it has no context')
  t.equal(of({ clusters: [{ name: 'a' }] }), 'Cannot read kubeconfig FILE: clusters[0].cluster is missing')
  t.equal(of(config('a')), 'Cannot use kubeconfig FILE: it names no current context, it has a; pass --context NAME')
  t.equal(of(config('a'), 'prod\u001b'), 'Cannot use kubeconfig FILE: there is no context prod\\u{1b}, it has a')
  t.equal(
    of(config('a', { 'current-context': 'a', clusters: [] })),
    'Cannot use kubeconfig FILE: context a names cluster a, which is not there',
  )
  t.equal(of(config('a', { 'current-context': 'a', users: [] })), 'Cannot use kubeconfig FILE: context a names user a, who is not there')
  t.equal(
    of(config('a', { 'current-context': 'a', clusters: [{ name: 'a', cluster: { server: 'localhost:6443' } }] })),
    'Cannot use kubeconfig FILE: cluster a has the server localhost:6443, expected an address with https://',
  )
})

t.test('loadAccess() names every field of another type, and shows no value', async t => {
  const of = (content: object) => problem(() => loadAccess({ kubeconfig: file(t, content), env: {} })).replace(/ \/\S+\/config/, ' FILE')
  const [named] = config('a').contexts
  t.equal(
    of({ ...config('a'), contexts: [{ ...named, context: { ...named?.context, namespace: 123 } }] }),
    'Cannot read kubeconfig FILE: contexts[0].context.namespace: got a number, expected text',
  )
  t.equal(of({ ...config('a'), contexts: [null] }), 'Cannot read kubeconfig FILE: contexts[0]: got nothing, expected a mapping')
  t.equal(
    of({ clusters: {}, users: [{ name: 'a', user: { token: 4711, exec: { args: 'x' }, 'as-user-extra': { 'k\u001b': 'v' } } }] }),
    'Cannot read kubeconfig FILE: clusters: got a mapping, expected a list; users[0].user.token: got a number, expected text; users[0].user["as-user-extra"]["k\\u001b"]: got text, expected a list; users[0].user.exec.args: got text, expected a list',
  )
  t.equal(of({ ...config('a'), contexts: null, clusters: null, users: null }), 'Cannot use kubeconfig FILE: it has no context')
})

t.test('loadAccess() takes the scheme of a server in any case', async t => {
  const content = config('a', { 'current-context': 'a', clusters: [{ name: 'a', cluster: { server: 'HTTPS://A.test/Path/' } }] })
  t.match(loadAccess({ kubeconfig: file(t, content), env: {} }), {
    server: 'https://A.test/Path',
    cluster: { server: 'https://A.test/Path' },
  })
  const { url, received } = await connected(t, (_, response) => json(response, {}))
  await (await loggedIn(t, url.replace('http:', 'HTTP:'), { token: 'secret' })).pod(ref, calm)
  t.equal(received[0]?.headers.authorization, 'Bearer secret')
})

t.test('loadAccess() names a file that cannot be read', async t => {
  // A link to itself stops root too, whom no permission would.
  const path = join(t.testdir({ loop: t.fixture('symlink', 'loop') }), 'loop')
  t.match(
    problem(() => loadAccess({ kubeconfig: path, env: {} })),
    /^Cannot read kubeconfig .*symbolic link/,
  )
})

t.test('connectCluster() rejects with config before anything is sent', async t => {
  t.match(await clusterError(connectCluster({ kubeconfig: '/no/such', callTimeoutMs: 1000 })), { code: 'config' })
})

t.test('loadAccess() falls back to the ServiceAccount of the pod', async t => {
  const root = folder(t)
  const account = join(root, 'var/run/secrets/kubernetes.io/serviceaccount')
  mkdirSync(account, { recursive: true })
  const { cert, key } = certificate(t, 'api', 'IP:127.0.0.1')
  for (const [name, content] of Object.entries({ token: 'one', namespace: 'jobs\n', 'ca.crt': cert }))
    writeFileSync(join(account, name), content)
  const server = await api(t, (_, response) => json(response, {}), { cert, key })
  const url = new URL(server.url)
  const before = { ...process.env }
  t.teardown(() => void (process.env = before))
  // client-node reads these itself.
  Object.assign(process.env, { KUBERNETES_SERVICE_HOST: url.hostname, KUBERNETES_SERVICE_PORT: url.port })
  const options = { root, env: { HOME: folder(t), KUBERNETES_SERVICE_HOST: url.hostname } }
  t.match(loadAccess(options), { server: server.url, source: 'the ServiceAccount of this pod', namespace: 'jobs' })
  const cluster = await connectCluster({ ...options, callTimeoutMs: 1000 })
  await cluster.pod(ref, calm)
  t.equal(server.received[0]?.headers.authorization, 'Bearer one')
  cluster.close()
  t.match(
    problem(() => loadAccess({ ...options, context: 'prod' })),
    /^No cluster to talk to/,
  )
})

t.test('a token file is read again after a 401', async t => {
  const { cert, key } = certificate(t, 'api', 'IP:127.0.0.1')
  const tokenFile = join(folder(t), 'token')
  writeFileSync(tokenFile, 'old')
  const server = await api(
    t,
    ({ headers }, response) => (headers.authorization === 'Bearer new' ? json(response, {}) : refuse(response, 401, 'Unauthorized')),
    { cert, key },
  )
  const cluster = await connectCluster({
    kubeconfig: kubeconfig(t, server.url, { cluster: { 'certificate-authority-data': btoa(cert) }, user: { tokenFile } }),
    callTimeoutMs: 1000,
    env: {},
  })
  t.match(await clusterError(cluster.pod(ref, calm)), { code: 'unauthorized' })
  writeFileSync(tokenFile, 'new')
  t.same(await Promise.all([cluster.pod(ref, calm), cluster.pod(ref, calm)]), [{}, {}])
  cluster.close()
})

t.test('a token file may end in a line break, and comes before a token, which counts while it cannot be read', async t => {
  const { url, received } = await connected(t, (_, response) => json(response, {}))
  const place = folder(t)
  writeFileSync(join(place, 'token'), 'from-file\n')
  for (const user of [
    { tokenFile: join(place, 'token') },
    { tokenFile: join(place, 'token'), token: 'own' },
    { tokenFile: join(place, 'none'), token: 'own' },
  ])
    await (await loggedIn(t, url, user)).pod(ref, calm)
  t.same(
    received.map(({ headers }) => headers.authorization),
    ['Bearer from-file', 'Bearer from-file', 'Bearer own'],
  )
})

t.test('a token that cannot be sent is one sentence without the token', async t => {
  const place = folder(t)
  writeFileSync(join(place, 'empty'), '\n')
  const of = async (user: object) => await clusterError((await loggedIn(t, 'https://127.0.0.1:1', user)).pod(ref, calm))
  t.match(await of({ tokenFile: join(place, 'empty') }), { code: 'config', message: /: no credentials for .*: token file \S+ is empty$/ })
  t.match(await of({ tokenFile: join(place, 'none') }), { code: 'config', message: /: ENOENT: .*none'$/ })
  t.match(await of({ token: 'two\nlines' }), {
    code: 'config',
    message: /: what goes into the header Authorization has a character that no header may have, such as a line break$/,
  })
})

t.test('as, as-uid, as-groups and as-user-extra are sent with every request and every exec', async t => {
  const server = await connected(t, (_, response) => json(response, {}))
  const upgrades: IncomingHttpHeaders[] = []
  new WebSocketServer({ server: server.server }).on('connection', (socket, { headers }) => {
    upgrades.push(headers)
    socket.close()
  })
  const user = {
    token: 'x',
    as: 'Jörg',
    'as-uid': '7',
    'as-groups': ['g1', 'g2'],
    'as-user-extra': { 'example.org/a b%': ['v1', 'v2'], Scopes: ['one'] },
  }
  const cluster = await loggedIn(t, server.url, user)
  await cluster.pod(ref, calm)
  await cluster.exec({ ...ref, container: 'proxy' }, ['true'], calm)
  const sent = [server.received[0]?.headers, upgrades[0]].map(headers =>
    Object.fromEntries(Object.entries(headers ?? {}).filter(([name]) => name.startsWith('impersonate-'))),
  )
  const expected = {
    'impersonate-user': Buffer.from('Jörg').toString('latin1'),
    'impersonate-uid': '7',
    'impersonate-group': 'g1, g2',
    'impersonate-extra-example.org%2fa%20b%25': 'v1, v2',
    'impersonate-extra-scopes': 'one',
  }
  t.same(sent, [expected, expected])
})

t.test('as-groups without as is config, as for kubectl', async t => {
  for (const more of [{ 'as-groups': ['g'] }, { 'as-uid': '7' }, { 'as-user-extra': { a: ['b'] } }])
    t.match(
      problem(() => loadAccess({ kubeconfig: kubeconfig(t, 'https://a.test', { user: { token: 'x', ...more } }), env: {} })),
      /^Cannot use kubeconfig \S+: user u has as-uid, as-groups or as-user-extra, but no as: whom to act as$/,
    )
})

/** A cluster that shows this user's credentials. */
async function loggedIn(t: Test, url: string, user: object) {
  const options = { kubeconfig: kubeconfig(t, url, { cluster: { 'insecure-skip-tls-verify': true }, user }), callTimeoutMs: 5000, env: {} }
  const cluster = await connectCluster(options)
  t.teardown(() => cluster.close())
  return cluster
}

t.test('over plain HTTP no credentials are shown, unless insecure-skip-tls-verify asks for it', async t => {
  const { url, received } = await connected(t, (_, response) => json(response, {}))
  for (const cluster of [{}, { 'insecure-skip-tls-verify': true }]) {
    const { pod, close } = await connectCluster({
      kubeconfig: kubeconfig(t, url, { cluster, user: { token: 'secret' } }),
      callTimeoutMs: 1000,
      env: {},
    })
    await pod(ref, calm)
    close()
  }
  t.same(
    received.map(({ headers }) => headers.authorization),
    [undefined, 'Bearer secret'],
  )
})
