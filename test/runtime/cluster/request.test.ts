import t from 'tap'
import { connectCluster } from '../../../runtime/cluster/connect.ts'
import { all, calm, clusterError, connected, json, kubeconfig, refuse } from './api.ts'

const shop = { namespace: 'shop', name: 'web-1' }
const guard = { metadata: { resourceVersion: '5' } }

t.test('pod() gives the pod, or undefined when the server knows none', async t => {
  const { cluster, received } = await connected(t, ({ index }, response) =>
    index === 0 ? json(response, { metadata: { name: 'web-1' } }) : refuse(response, 404, 'pods "web-1" not found'),
  )
  t.same(await cluster.pod(shop, calm), { metadata: { name: 'web-1' } })
  t.equal(await cluster.pod(shop, calm), undefined)
  t.match(received[0], {
    path: '/api/v1/namespaces/shop/pods/web-1',
    headers: { 'user-agent': 'sidecar-reaper', accept: 'application/json' },
  })
})

t.test('pod() does not take the 404 of some other server for a pod that is gone', async t => {
  const { cluster, file } = await connected(t, (_, response) => response.writeHead(404).end('<h1>Nothing\u001b here</h1>'))
  const { code, message } = await clusterError(cluster.pod(shop, calm))
  t.equal(code, 'server')
  t.match(
    message,
    /answered 404 Not Found, not as a Kubernetes API server does: check the address \(kubeconfig .*\). Server: <h1>Nothing\\u\{1b\} here/,
  )
  t.match(message, file)
})

t.test('pod() reads again after 500, 502, 503 and 504', async t => {
  const { cluster, received } = await connected(t, ({ index }, response) =>
    index < 4 ? refuse(response, [500, 502, 503, 504][index] ?? 0) : json(response, {}),
  )
  t.same(await cluster.pod(shop, calm), {})
  t.equal(received.length, 5)
})

t.test('pod() gives up after five tries and says so', async t => {
  const { cluster, received } = await connected(t, (_, response) => refuse(response, 503, 'apiserver is shutting down'))
  t.match(await clusterError(cluster.pod(shop, calm)), {
    code: 'server',
    status: 503,
    message: /^Cannot read pod shop\/web-1: http:\S+ answered 503 Service Unavailable. Server: apiserver is shutting down \(5 tries\)$/,
  })
  t.equal(received.length, 5)
})

t.test('pod() waits as long as Retry-After says, and not at all when that is past the deadline', async t => {
  const { cluster } = await connected(t, ({ index }, response) =>
    index === 0 ? refuse(response, 429, 'slow', { 'Retry-After': '1' }) : json(response, {}),
  )
  const startedAt = performance.now()
  await cluster.pod(shop, calm)
  t.ok(performance.now() - startedAt >= 990)

  const busy = await connected(t, (_, response) => refuse(response, 429, 'slow', { 'Retry-After': '60' }))
  t.match(await clusterError(busy.cluster.pod(shop, calm)), { code: 'server', status: 429, retryAfterMs: 60_000 })
  t.equal(busy.received.length, 1)
})

t.test('pod() reads again when the body is cut, the connection reset or the JSON broken', async t => {
  const { cluster, received } = await connected(t, ({ index }, response) => {
    if (index === 0) response.writeHead(200, { 'Content-Length': '100' }).end('{"metadata": {', () => response.destroy())
    else if (index === 1) response.destroy()
    else if (index === 2) response.end('{"metadata": {')
    else json(response, { metadata: {} })
  })
  t.same(await cluster.pod(shop, calm), { metadata: {} })
  t.equal(received.length, 4)
})

t.test('pod() names what it got instead of JSON', async t => {
  const { cluster } = await connected(t, (_, response) => response.end('<html>login</html>'))
  t.match(await clusterError(cluster.pod(shop, calm)), {
    code: 'server',
    message: /answered with 200 and a body that is no JSON object \(.*\), check that it is a Kubernetes API server .* \(5 tries\)$/,
  })
})

t.test('every call ends at the deadline when the server hangs, before its head or in its body', async t => {
  const { cluster } = await connected(t, ({ index }, response) => void (index > 0 && response.write('{')), { callTimeoutMs: 60 })
  t.match(await clusterError(cluster.pod(shop, calm)), {
    code: 'unreachable',
    message: /^Cannot read pod shop\/web-1: no complete answer from http:\S+ \(kubeconfig .*, context here\) within 0.06 s$/,
  })
  t.match(await clusterError(cluster.patchPodStatus(shop, guard, calm)), {
    code: 'unreachable',
    message: /within 0.06 s; it may have been done all the same$/,
  })
})

t.test('a call timeout that is longer than a timer can wait does not end a call at once', async t => {
  const { cluster } = await connected(t, (_, response) => void setTimeout(() => json(response, {}), 50), { callTimeoutMs: 600 * 3_600_000 })
  t.same(await cluster.pod(shop, calm), {})
})

t.test('an aborted signal ends a call, also in a pause, with its own reason', async t => {
  const { cluster, received } = await connected(t, (_, response) => refuse(response, 500), {
    retry: { pauseMs: 60_000 },
    callTimeoutMs: 600_000,
  })
  const controller = new AbortController()
  const call = cluster.pod(shop, controller.signal)
  while (received.length < 1) await new Promise(resolve => setImmediate(resolve))
  setTimeout(() => controller.abort(new Error('enough')), 20)
  await t.rejects(call, new Error('enough'))
  await t.rejects(cluster.pod(shop, AbortSignal.abort(new Error('before'))), new Error('before'))
  t.equal(received.length, 1)
})

t.test('close() ends the calls under way', async t => {
  const { cluster, received } = await connected(t, () => {})
  const calls = [
    clusterError(cluster.pod(shop, calm)),
    clusterError(all(cluster.podPages({}, calm))),
    clusterError(all(cluster.podChanges({}, '1', calm))),
  ]
  while (received.length < 3) await new Promise(resolve => setImmediate(resolve))
  cluster.close()
  for (const error of await Promise.all(calls)) t.match(error, { code: 'unreachable', message: /closed by us/ })
})

t.test('patchPodStatus() sends a merge patch and tells a stale guard', async t => {
  const { cluster, received } = await connected(t, ({ index }, response) =>
    index === 0 ? json(response, { metadata: { resourceVersion: '6' } }) : refuse(response, 409, 'the object has been modified'),
  )
  const patch = { metadata: { resourceVersion: '5', annotations: { a: 'b' } }, status: { phase: 'Succeeded' } }
  t.same(await cluster.patchPodStatus(shop, patch, calm), { metadata: { resourceVersion: '6' } })
  t.match(received[0], {
    method: 'PATCH',
    path: '/api/v1/namespaces/shop/pods/web-1/status',
    headers: { 'content-type': 'application/merge-patch+json' },
    body: JSON.stringify(patch),
  })
  t.match(await clusterError(cluster.patchPodStatus(shop, patch, calm)), {
    code: 'conflict',
    message: /changed since it was read, or an earlier try landed: read it again. Server: the object has been modified$/,
  })
  t.equal(received.length, 2)
})

t.test('patchPodStatus() tries again like a read: its guard turns the second of two that land into a conflict', async t => {
  const { cluster, received } = await connected(
    t,
    ({ index }, response) => {
      const status = [429, 500, 502, 503, 504][index % 7]
      if (status !== undefined) refuse(response, status)
      else if (index % 7 === 5) response.destroy()
      else response.end('{"metadata": {')
    },
    { retry: { pauseMs: 1, maxTries: 8 } },
  )
  t.match(await clusterError(cluster.patchPodStatus(shop, guard, calm)), { code: 'server', status: 429, message: /\(8 tries\)$/ })
  t.equal(received.length, 8)
})

t.test('createEvent() posts to the group of its apiVersion and tries again only after 429', async t => {
  const { cluster, received } = await connected(t, ({ index }, response) => {
    if (index === 0) refuse(response, 429)
    else if (index < 3) json(response, {}, 201)
    else refuse(response, 503)
  })
  await cluster.createEvent('shop', { apiVersion: 'events.k8s.io/v1' }, calm)
  await cluster.createEvent('shop', { apiVersion: 'v1' }, calm)
  t.match(await clusterError(cluster.createEvent('shop', {}, calm)), { code: 'server' })
  t.same(
    received.map(({ method, path }) => `${method} ${path}`),
    [
      'POST /apis/events.k8s.io/v1/namespaces/shop/events',
      'POST /apis/events.k8s.io/v1/namespaces/shop/events',
      'POST /api/v1/namespaces/shop/events',
      'POST /apis/events.k8s.io/v1/namespaces/shop/events',
    ],
  )
})

t.test('a 403 names the missing right in the words of RBAC', async t => {
  const { cluster } = await connected(t, (_, response) => refuse(response, 403, 'pods is forbidden: User "u" cannot list resource "pods"'))
  t.match(await clusterError(all(cluster.podPages({}, calm))), {
    code: 'forbidden',
    permission: { verb: 'list', resource: 'pods', apiGroup: '' },
    message:
      'Cannot list pods in all namespaces: needs verb list on resource pods (core API group), cluster-wide; grant it with a ClusterRole and a ClusterRoleBinding, or pass -n for one namespace. Server: pods is forbidden: User "u" cannot list resource "pods"',
  })
  t.match(await clusterError(cluster.patchPodStatus(shop, guard, calm)), {
    permission: { verb: 'patch', resource: 'pods/status', apiGroup: '', namespace: 'shop' },
    message:
      /needs verb patch on resource pods\/status \(core API group\), in namespace shop; grant it with a Role and a RoleBinding there/,
  })
  t.match(await clusterError(cluster.createEvent('shop', {}, calm)), {
    message: /needs verb create on resource events \(API group events.k8s.io\), in namespace shop/,
  })
  t.match(await clusterError(cluster.nodesReady(calm)), {
    message:
      /needs verb list on resource nodes \(core API group\), cluster-wide; grant it with a ClusterRole and a ClusterRoleBinding. Server/,
  })
})

t.test('a 403 of an admission policy asks for no role', async t => {
  const { cluster } = await connected(t, (_, response) =>
    refuse(response, 403, "pods \"web-1\" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no"),
  )
  t.match(await clusterError(cluster.patchPodStatus(shop, guard, calm)), {
    code: 'forbidden',
    permission: undefined,
    message: /: refused by an admission policy. Server: /,
  })
})

t.test('a 401 asks for a new login and escapes what the server says', async t => {
  const { cluster, file } = await connected(t, (_, response) => refuse(response, 401, 'Unauth\u001b[31morized'))
  const { code, message } = await clusterError(cluster.pod(shop, calm))
  t.equal(code, 'unauthorized')
  t.match(message, `token expired or not accepted by http://`)
  t.match(message, `(kubeconfig ${file}, context here), renew the login. Server: Unauth\\u{1b}[31morized`)
})

t.test('a 422 is invalid, with the message of the server', async t => {
  const { cluster } = await connected(t, (_, response) => refuse(response, 422, 'phase: not valid'))
  t.match(await clusterError(cluster.patchPodStatus(shop, guard, calm)), {
    code: 'invalid',
    message: /answered 422 Unprocessable Entity. Server: phase: not valid$/,
  })
})

t.test('a refused connection and an unknown name are one sentence with address and kubeconfig', async t => {
  const refused = await connectCluster({
    kubeconfig: kubeconfig(t, 'http://127.0.0.1:1'),
    callTimeoutMs: 1000,
    retry: { pauseMs: 1 },
    env: {},
  })
  t.match(await clusterError(refused.pod(shop, calm)), {
    code: 'unreachable',
    message:
      /^Cannot read pod shop\/web-1: http:\/\/127.0.0.1:1 \(kubeconfig .*, context here\) refuses connections, check .* \(5 tries\)$/,
  })
  const unknown = await connectCluster({
    kubeconfig: kubeconfig(t, 'https://no-such-host.invalid'),
    callTimeoutMs: 5000,
    retry: { pauseMs: 1 },
    env: {},
  })
  t.match(await clusterError(unknown.pod(shop, calm)), {
    code: 'unreachable',
    message: /the name in https:\/\/no-such-host.invalid \(kubeconfig .*\) cannot be resolved, check the address and the DNS/,
  })
})

t.test('a path in the address of the server is kept', async t => {
  const { url, received } = await connected(t, (_, response) => json(response, {}))
  const cluster = await connectCluster({ kubeconfig: kubeconfig(t, `${url}/k8s/clusters/c-1/`), callTimeoutMs: 1000, env: {} })
  await cluster.pod(shop, calm)
  t.equal(received[0]?.path, '/k8s/clusters/c-1/api/v1/namespaces/shop/pods/web-1')
  cluster.close()
})

t.test('now() follows a server whose clock is off by two seconds or more, and else ours', async t => {
  let offsetMs = 0
  const { cluster } = await connected(t, (_, response) => {
    response.setHeader('Date', new Date(Date.now() + offsetMs).toUTCString())
    json(response, {})
  })
  const drift = async () => {
    await cluster.pod(shop, calm)
    return cluster.now().getTime() - Date.now()
  }
  t.ok(Math.abs(await drift()) < 100)
  offsetMs = 3_600_000
  t.ok(Math.abs((await drift()) - 3_600_000) < 1000)
  offsetMs = 900
  t.ok(Math.abs(await drift()) < 100)
})
