import t from 'tap'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { call, patchStatus } from './client.ts'
import type { ReplyBody } from './client.ts'
import { jobManifest, stuckPod } from './manifests.ts'
import { startSandbox } from './sandbox.ts'
import type { Sandbox, SandboxOptions } from './sandbox.ts'

async function sandboxWith(count: number, options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ processes: 'memory', ...options })
  sandbox.addPods(count, index => ({ manifest: stuckPod(`p${index}`) }))
  return sandbox
}

function names(body: ReplyBody): readonly string[] {
  return (body.items ?? []).map(item => item.metadata.name)
}

t.test('the typed client of client-node reads the sandbox with its kubeconfig', async t => {
  const sandbox = await sandboxWith(2)
  t.teardown(sandbox.close)
  const config = new KubeConfig()
  config.loadFromString(sandbox.kubeconfig)
  const list = await config.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' })
  t.strictSame(
    list.items.map(pod => pod.metadata?.name),
    ['p0', 'p1'],
  )
  t.match(await call(sandbox, 'GET', '/version'), {
    status: 200,
    body: { major: '1', minor: '34', gitVersion: 'v1.34.4' },
  })
})

t.test('a list comes in pages, all from one moment', async t => {
  const sandbox = await sandboxWith(5)
  t.teardown(sandbox.close)
  const first = await call(sandbox, 'GET', '/api/v1/pods?limit=2')
  t.strictSame(names(first.body), ['p0', 'p1'])
  t.match(first.body, { kind: 'PodList', apiVersion: 'v1', metadata: { remainingItemCount: 3 } })
  sandbox.addPods(1, () => ({ manifest: stuckPod('p1-later') }))
  const second = await call(sandbox, 'GET', `/api/v1/pods?limit=2&continue=${first.body.metadata?.continue}`)
  t.strictSame(names(second.body), ['p2', 'p3'])
  t.equal(second.body.metadata?.resourceVersion, first.body.metadata?.resourceVersion)
  const last = await call(sandbox, 'GET', `/api/v1/pods?limit=2&continue=${second.body.metadata?.continue}`)
  t.strictSame(names(last.body), ['p4'])
  t.equal(last.body.metadata?.continue, undefined)
})

t.test('a forgotten continue token is Expired and carries one that goes on from there', async t => {
  const sandbox = await sandboxWith(3)
  t.teardown(sandbox.close)
  const first = await call(sandbox, 'GET', '/api/v1/pods?limit=1')
  sandbox.addPods(1, () => ({ manifest: stuckPod('p9') }))
  sandbox.compact()
  const expired = await call(sandbox, 'GET', `/api/v1/pods?limit=1&continue=${first.body.metadata?.continue}`)
  t.match(expired, {
    status: 410,
    body: { kind: 'Status', reason: 'Expired', code: 410, message: /^The provided continue parameter is too old/ },
  })
  const on = await call(sandbox, 'GET', `/api/v1/pods?continue=${expired.body.metadata?.continue}`)
  t.strictSame(names(on.body), ['p1', 'p2', 'p9'])
})

t.test('selectors and namespaces narrow a list', async t => {
  const sandbox = await sandboxWith(3)
  t.teardown(sandbox.close)
  sandbox.addPods(1, () => ({ manifest: stuckPod('other', { namespace: 'shop' }) }))
  t.strictSame(names((await call(sandbox, 'GET', '/api/v1/namespaces/shop/pods')).body), ['other'])
  t.strictSame(names((await call(sandbox, 'GET', '/api/v1/pods?labelSelector=job-name+in+(p1,other)')).body), ['p1', 'other'])
  t.strictSame(names((await call(sandbox, 'GET', '/api/v1/pods?fieldSelector=status.phase%3DPending')).body), [])
  t.match(await call(sandbox, 'GET', '/api/v1/pods?labelSelector=a+~+b'), {
    status: 400,
    body: { reason: 'BadRequest' },
  })
})

t.test('failures come in the words of the apiserver', async t => {
  const sandbox = await sandboxWith(1)
  t.teardown(sandbox.close)
  t.match((await call(sandbox, 'GET', '/api/v1/namespaces/default/pods/nope')).body, {
    kind: 'Status',
    status: 'Failure',
    message: 'pods "nope" not found',
    reason: 'NotFound',
    details: { name: 'nope', kind: 'pods' },
    code: 404,
  })
  t.match((await call(sandbox, 'GET', '/api/v1/secrets')).body, {
    reason: 'NotFound',
    message: 'the server could not find the requested resource',
    code: 404,
  })
  t.match((await call(sandbox, 'GET', '/apis/batch/v1/namespaces/default/jobs/nope')).body, {
    message: 'jobs.batch "nope" not found',
  })
  t.match((await call({ ...sandbox, token: 'wrong' }, 'GET', '/api/v1/pods')).body, {
    message: 'Unauthorized',
    reason: 'Unauthorized',
    code: 401,
  })
  t.match(await call(sandbox, 'PATCH', '/api/v1/namespaces/default/pods/p0/status', [], 'application/json-patch+json'), { status: 415 })
})

t.test('a stale resourceVersion in a patch is a Conflict, and nothing changes', async t => {
  const sandbox = await sandboxWith(1)
  t.teardown(sandbox.close)
  const before = sandbox.pod('default', 'p0')
  const reply = await patchStatus(sandbox, 'p0', {
    metadata: { resourceVersion: '1', annotations: { a: 'b' } },
    status: { phase: 'Succeeded' },
  })
  t.match(reply.body, {
    reason: 'Conflict',
    message:
      'Operation cannot be fulfilled on pods "p0": the object has been modified; please apply your changes to the latest version and try again',
    details: { name: 'p0', kind: 'pods' },
    code: 409,
  })
  t.equal(sandbox.pod('default', 'p0'), before)
  t.match(await patchStatus(sandbox, 'p0', { metadata: { uid: 'another' } }), {
    status: 422,
    body: { reason: 'Invalid', details: { causes: [{ field: 'metadata.uid' }] } },
  })
})

t.test('a patch of the status leaves the spec, one of the pod leaves the status, one that changes nothing makes no version', async t => {
  const sandbox = await sandboxWith(1)
  t.teardown(sandbox.close)
  const status = await patchStatus(sandbox, 'p0', {
    metadata: { annotations: { a: '1' } },
    spec: { nodeName: 'elsewhere' },
  })
  t.match(status.body, { metadata: { annotations: { a: '1' } }, spec: { nodeName: 'sandbox-node' } })
  const pod = await call(
    sandbox,
    'PATCH',
    '/api/v1/namespaces/default/pods/p0',
    { metadata: { annotations: { b: '2' } }, status: { phase: 'Failed' } },
    'application/strategic-merge-patch+json',
  )
  t.match(pod.body, { metadata: { annotations: { a: '1', b: '2' } }, status: { phase: 'Running' } })
  const again = await patchStatus(sandbox, 'p0', { metadata: { annotations: { b: '2' } } })
  t.equal(again.body.metadata?.resourceVersion, pod.body.metadata?.resourceVersion)
})

t.test('what is denied is Forbidden, and the access review says so before', async t => {
  const user = 'system:serviceaccount:ops:reaper'
  const denied = [{ verb: 'list', resource: 'pods', namespace: '' }, { resource: 'pods/status' }]
  const sandbox = await sandboxWith(1, { user, denied })
  t.teardown(sandbox.close)
  const list = await call(sandbox, 'GET', '/api/v1/pods')
  t.match(list.body, {
    reason: 'Forbidden',
    details: { kind: 'pods' },
    code: 403,
    message: `pods is forbidden: User "${user}" cannot list resource "pods" in API group "" at the cluster scope`,
  })
  t.equal((await call(sandbox, 'GET', '/api/v1/namespaces/default/pods')).status, 200)
  t.match((await patchStatus(sandbox, 'p0', {})).body, {
    message: `pods "p0" is forbidden: User "${user}" cannot patch resource "pods/status" in API group "" in the namespace "default"`,
  })
  const review = (resourceAttributes: Record<string, string>): Promise<{ body: ReplyBody }> =>
    call(sandbox, 'POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    })
  t.match((await review({ verb: 'list', resource: 'pods' })).body, {
    kind: 'SelfSubjectAccessReview',
    status: { allowed: false },
  })
  t.match((await review({ verb: 'list', resource: 'pods', namespace: 'default' })).body, { status: { allowed: true } })
  t.match((await review({ verb: 'patch', resource: 'pods', subresource: 'status', namespace: 'default' })).body, {
    status: { allowed: false },
  })
})

t.test('Events are created and checked as the server checks them', async t => {
  const sandbox = await sandboxWith(1)
  t.teardown(sandbox.close)
  const path = '/apis/events.k8s.io/v1/namespaces/default/events'
  const event = {
    metadata: { generateName: 'p0.' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'c',
    reportingInstance: 'i',
    action: 'End',
    reason: 'Ended',
    type: 'Normal',
    regarding: { kind: 'Pod', name: 'p0', namespace: 'default' },
    note: 'done',
  }
  t.match(await call(sandbox, 'POST', path, event), {
    status: 201,
    body: { metadata: { name: /^p0\.\w{5}$/ }, note: 'done' },
  })
  t.match(sandbox.events(), [{ note: 'done' }])
  const { action: _action, ...incomplete } = event
  t.match(await call(sandbox, 'POST', path, incomplete), {
    status: 422,
    body: { details: { causes: [{ field: 'action', reason: 'FieldValueRequired' }] } },
  })
  t.match(await call(sandbox, 'POST', '/apis/events.k8s.io/v1/namespaces/nope/events', event), {
    status: 404,
    body: { message: 'namespaces "nope" not found' },
  })
})

t.test('a posted Job runs with the behaviours of the sandbox, and a deleted pod ends within its grace', async t => {
  const sandbox = await startSandbox({
    processes: 'memory',
    behaviours: { main: { exitAfterMs: 0 }, proxy: { on: { TERM: { exit: 0 } } } },
  })
  t.teardown(sandbox.close)
  const { metadata, spec } = jobManifest()
  t.match(await call(sandbox, 'POST', '/apis/batch/v1/namespaces/default/jobs', JSON.parse(JSON.stringify({ metadata, spec }))), {
    status: 201,
    body: { kind: 'Job', apiVersion: 'batch/v1' },
  })
  const [pod] = await sandbox.waitFor(
    () => sandbox.podsOf('default', 'report').some(one => one.status.phase === 'Running') && sandbox.podsOf('default', 'report'),
  )
  const name = pod?.metadata.name ?? ''
  t.match(await call(sandbox, 'DELETE', `/api/v1/namespaces/default/pods/${name}`), {
    status: 200,
    body: { metadata: { deletionTimestamp: /Z$/, deletionGracePeriodSeconds: 1 } },
  })
  await sandbox.waitFor(() => sandbox.pod('default', name) === undefined)
  t.match(sandbox.signals('default', name), [{ signal: 'TERM', by: 'kubelet' }])
})

t.test('requests are recorded, and those that could change something are told apart', async t => {
  const sandbox = await sandboxWith(1)
  t.teardown(sandbox.close)
  await call(sandbox, 'GET', '/api/v1/pods?limit=7')
  t.strictSame(sandbox.changes(), [])
  await patchStatus(sandbox, 'p0', { metadata: { annotations: { a: '1' } } })
  t.match(sandbox.changes(), [
    {
      method: 'PATCH',
      verb: 'patch',
      resource: 'pods',
      subresource: 'status',
      name: 'p0',
      body: '{"metadata":{"annotations":{"a":"1"}}}',
    },
  ])
  t.equal(sandbox.requests[0]?.query.get('limit'), '7')
})

t.test('10,000 pods are added and listed quickly', async t => {
  const sandbox = await startSandbox()
  t.teardown(sandbox.close)
  const began = performance.now()
  sandbox.addPods(10_000, index => ({ manifest: stuckPod(`p${index}`) }))
  const added = performance.now()
  let next = ''
  let count = 0
  do {
    const { body } = await call(sandbox, 'GET', `/api/v1/pods?limit=500&continue=${next}`)
    count += body.items?.length ?? 0
    next = body.metadata?.continue ?? ''
  } while (next !== '')
  t.equal(count, 10_000)
  t.comment(`added in ${Math.round(added - began)} ms, listed in ${Math.round(performance.now() - added)} ms`)
})
