import t from 'tap'
import { allEvents, call, exec, nextEvent, patchStatus, watchEvents } from './client.ts'
import type { Fault } from './fault.ts'
import { stuckPod } from './manifests.ts'
import { startSandbox } from './sandbox.ts'
import type { Sandbox } from './sandbox.ts'

const proxy = { on: { TERM: { exit: 0 } } } as const

async function sandboxWith(...faults: readonly Fault[]): Promise<Sandbox> {
  const sandbox = await startSandbox({ processes: 'memory', faults })
  sandbox.addPods(3, index => ({ manifest: stuckPod(`p${index}`), behaviours: { proxy } }))
  return sandbox
}

const pods = '/api/v1/pods'
const p0 = '/api/v1/namespaces/default/pods/p0'
const done = { metadata: { annotations: { done: '1' } }, status: { phase: 'Succeeded' } }
const kill = ['kill', '-TERM', '1']

t.test('answer: the nth request gets it, the others do not', async t => {
  const sandbox = await sandboxWith({
    on: { verb: 'list', resource: 'pods', nth: 2 },
    do: { kind: 'answer', status: 429, headers: { 'retry-after': '7' } },
  })
  t.teardown(sandbox.close)
  const replies = [await call(sandbox, 'GET', pods), await call(sandbox, 'GET', pods), await call(sandbox, 'GET', pods)]
  t.strictSame(
    replies.map(reply => reply.status),
    [200, 429, 200],
  )
  t.equal(replies[1]?.headers.get('retry-after'), '7')
})

t.test('answer: 410 in the middle of a list', async t => {
  const sandbox = await sandboxWith({ on: { verb: 'list', url: /continue=\w/ }, do: { kind: 'answer', status: 410 } })
  t.teardown(sandbox.close)
  const { body } = await call(sandbox, 'GET', `${pods}?limit=1`)
  t.match(await call(sandbox, 'GET', `${pods}?limit=1&continue=${body.metadata?.continue}`), {
    status: 410,
    body: { reason: 'Expired' },
  })
})

t.test('cut: the connection breaks within the body', async t => {
  const sandbox = await sandboxWith({ on: { verb: 'list' }, do: { kind: 'cut', afterBytes: 100 } })
  t.teardown(sandbox.close)
  await t.rejects(call(sandbox, 'GET', pods), { message: 'terminated' })
})

t.test('delay and hang: an answer comes late or never', async t => {
  const sandbox = await sandboxWith({ on: { verb: 'get' }, do: { kind: 'delay', ms: 60 } }, { on: { verb: 'list' }, do: { kind: 'hang' } })
  t.teardown(sandbox.close)
  const began = performance.now()
  t.equal((await call(sandbox, 'GET', p0)).status, 200)
  t.ok(performance.now() - began >= 59)
  const headers = { authorization: `Bearer ${sandbox.token}` }
  await t.rejects(fetch(sandbox.url + pods, { headers, signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' })
})

t.test('close-watch and silent-watch: a watch ends or falls silent', async t => {
  const sandbox = await sandboxWith(
    { on: { verb: 'watch', nth: 1 }, do: { kind: 'close-watch', afterEvents: 2 } },
    { on: { verb: 'watch', nth: 2 }, do: { kind: 'silent-watch', afterEvents: 1 } },
  )
  t.teardown(sandbox.close)
  const closed = await allEvents(watchEvents(sandbox, `${pods}?watch=1`))
  t.equal(closed.length, 2)
  const silent = await allEvents(watchEvents(sandbox, `${pods}?watch=1&timeoutSeconds=1`))
  t.equal(silent.length, 1)
})

t.test('exec: Success though nothing died, 137 though it did, no answer at all', async t => {
  const sandbox = await sandboxWith(
    { on: { resource: 'pods/exec', name: 'p0' }, do: { kind: 'exec', deliver: false, answer: 'success' } },
    { on: { resource: 'pods/exec', name: 'p1' }, do: { kind: 'exec', deliver: true, answer: { exit: 137 } } },
    { on: { resource: 'pods/exec', name: 'p2' }, do: { kind: 'exec', deliver: true, answer: 'never' } },
  )
  t.teardown(sandbox.close)
  t.match(await exec(sandbox, 'p0', 'proxy', kill), { status: { status: 'Success' } })
  t.strictSame(sandbox.signals('default', 'p0'), [])
  t.match(await exec(sandbox, 'p1', 'proxy', kill), {
    status: { status: 'Failure', details: { causes: [{ message: '137' }] } },
  })
  await sandbox.waitFor(() => sandbox.pod('default', 'p1')?.status.phase === 'Succeeded')
  const unanswered = exec(sandbox, 'p2', 'proxy', kill)
  await sandbox.waitFor(() => sandbox.pod('default', 'p2')?.status.phase === 'Succeeded')
  await sandbox.close()
  await t.rejects(unanswered, { message: 'The socket was closed without a status' })
})

t.test('revert: the phase comes back though an annotation changed', async t => {
  const sandbox = await sandboxWith({ on: { resource: 'pods/status' }, do: { kind: 'revert' } })
  t.teardown(sandbox.close)
  t.match(await patchStatus(sandbox, 'p0', done), { status: 200, body: { status: { phase: 'Succeeded' } } })
  await sandbox.waitFor(() => sandbox.pod('default', 'p0')?.status.phase === 'Running')
  t.strictSame(sandbox.signals('default', 'p0'), [])
})

t.test('vanish and recreate: a pod is gone, or another one, right before a request', async t => {
  const sandbox = await sandboxWith(
    { on: { verb: 'get', name: 'p0' }, do: { kind: 'vanish', pod: 'default/p0' } },
    { on: { verb: 'get', name: 'p1' }, do: { kind: 'recreate', pod: 'default/p1' } },
  )
  t.teardown(sandbox.close)
  const before = sandbox.pod('default', 'p1')
  t.equal((await call(sandbox, 'GET', p0)).status, 404)
  t.equal((await call(sandbox, 'GET', p0.replace('p0', 'p1'))).status, 200)
  t.not(sandbox.pod('default', 'p1')?.metadata.uid, before?.metadata.uid)
})

t.test('restart: a container has a new id right before a request', async t => {
  const sandbox = await sandboxWith({
    on: { resource: 'pods/exec' },
    do: { kind: 'restart', pod: 'default/p0', container: 'proxy' },
  })
  t.teardown(sandbox.close)
  const before = sandbox.pod('default', 'p0')?.status.containerStatuses?.[1]
  await exec(sandbox, 'p0', 'proxy', kill)
  const after = await sandbox.waitFor(() => {
    const status = sandbox.pod('default', 'p0')?.status.containerStatuses?.[1]
    return status?.restartCount === 1 && status
  })
  t.not(after.containerID, before?.containerID)
})

t.test('compact: the next watch starts too far in the past', async t => {
  const sandbox = await sandboxWith({ on: { verb: 'watch' }, do: { kind: 'compact' } })
  t.teardown(sandbox.close)
  const { body } = await call(sandbox, 'GET', pods)
  await patchStatus(sandbox, 'p0', { metadata: { annotations: { a: '1' } } })
  t.equal(await nextEvent(watchEvents(sandbox, `${pods}?watch=1&resourceVersion=${body.metadata?.resourceVersion}`)), 'ERROR Expired')
})

t.test('node: faults find the requests for the pods of a node', async t => {
  const sandbox = await sandboxWith({
    on: { node: 'n2' },
    do: { kind: 'answer', status: 500, message: 'error dialing backend: i/o timeout' },
  })
  t.teardown(sandbox.close)
  const manifest = stuckPod('far')
  sandbox.addPod({ ...manifest, spec: { ...manifest.spec, nodeName: 'n2' } })
  t.match((await call(sandbox, 'GET', p0.replace('p0', 'far'))).body, {
    message: 'Internal error occurred: error dialing backend: i/o timeout',
  })
  t.equal((await call(sandbox, 'GET', p0)).status, 200)
})

t.test('the clock of the server may be an hour off', async t => {
  const sandbox = await startSandbox({ processes: 'memory', clockOffsetMs: 3_600_000 })
  t.teardown(sandbox.close)
  const pod = sandbox.addPod({ metadata: { name: 'late' }, spec: stuckPod('x').spec })
  const hour = Date.now() + 3_590_000
  t.ok(Date.parse(pod.metadata.creationTimestamp) > hour)
  const reply = await call(sandbox, 'GET', pods)
  t.ok(Date.parse(reply.headers.get('date') ?? '') > hour)
})

t.test('a node that is not Ready hears nothing', async t => {
  const sandbox = await sandboxWith()
  t.teardown(sandbox.close)
  sandbox.addNode('sandbox-node', false)
  await patchStatus(sandbox, 'p0', done)
  t.strictSame(sandbox.signals('default', 'p0'), [])
})
