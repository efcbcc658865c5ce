import t from 'tap'
import { allEvents, call, nextEvent, patchStatus, watchEvents } from './client.ts'
import { stuckPod } from './manifests.ts'
import { startSandbox } from './sandbox.ts'
import type { Sandbox, SandboxOptions } from './sandbox.ts'

async function sandboxWith(count: number, options: SandboxOptions = {}): Promise<{ sandbox: Sandbox; version: string }> {
  const sandbox = await startSandbox({ processes: 'memory', ...options })
  sandbox.addPods(count, index => ({
    manifest: stuckPod(`p${index}`, { annotations: {} }),
    behaviours: { proxy: { on: { TERM: { exit: 0 } } } },
  }))
  const { body } = await call(sandbox, 'GET', '/api/v1/pods')
  return { sandbox, version: body.metadata?.resourceVersion ?? '' }
}

t.test('a watch tells what happens after the version of a list', async t => {
  const { sandbox, version } = await sandboxWith(1)
  t.teardown(sandbox.close)
  sandbox.addPods(1, () => ({ manifest: stuckPod('p1') }))
  const events = watchEvents(sandbox, `/api/v1/pods?watch=1&resourceVersion=${version}`)
  t.equal(await nextEvent(events), 'ADDED p1')
  await patchStatus(sandbox, 'p0', { metadata: { annotations: { a: '1' } } })
  t.equal(await nextEvent(events), 'MODIFIED p0')
  await call(sandbox, 'DELETE', '/api/v1/namespaces/default/pods/p1?gracePeriodSeconds=0')
  t.equal(await nextEvent(events), 'DELETED p1')
})

t.test('a watch without a version begins with all that is there', async t => {
  const { sandbox } = await sandboxWith(2)
  t.teardown(sandbox.close)
  const events = watchEvents(sandbox, '/api/v1/pods?watch=true')
  t.strictSame([await nextEvent(events), await nextEvent(events)], ['ADDED p0', 'ADDED p1'])
})

t.test('what leaves the selector is DELETED, what enters it is ADDED', async t => {
  const { sandbox, version } = await sandboxWith(1)
  t.teardown(sandbox.close)
  const open = watchEvents(sandbox, `/api/v1/pods?watch=1&resourceVersion=${version}&fieldSelector=status.phase%3DRunning`)
  const over = watchEvents(sandbox, `/api/v1/pods?watch=1&resourceVersion=${version}&labelSelector=state%3Dover`)
  await patchStatus(sandbox, 'p0', { metadata: { labels: { state: 'over' } }, status: { phase: 'Succeeded' } })
  const left = await open.next()
  t.match(left.value, {
    type: 'DELETED',
    object: { kind: 'Pod', metadata: { name: 'p0' }, status: { phase: 'Running' } },
  })
  t.ok(Number(left.value?.object.metadata?.resourceVersion) > Number(version))
  t.equal(await nextEvent(over), 'ADDED p0')
})

t.test('the kubelet answers a completed pod in order: phase first, then the end of the sidecar', async t => {
  const { sandbox, version } = await sandboxWith(1)
  t.teardown(sandbox.close)
  const events = watchEvents(sandbox, `/api/v1/pods?watch=1&resourceVersion=${version}`)
  await patchStatus(sandbox, 'p0', { metadata: { annotations: { a: '1' } }, status: { phase: 'Succeeded' } })
  let last = 0
  for await (const { object } of events) {
    const { containerStatuses } = Object(object.status)
    t.ok(Number(object.metadata?.resourceVersion) > last)
    t.equal(Object(object.status).phase, 'Succeeded')
    last = Number(object.metadata?.resourceVersion)
    if (containerStatuses[1].state.terminated) break
  }
})

t.test('a version too old is an ERROR event of 410 Expired', async t => {
  const { sandbox, version } = await sandboxWith(1)
  t.teardown(sandbox.close)
  await patchStatus(sandbox, 'p0', { metadata: { annotations: { a: '1' } } })
  sandbox.compact()
  const events = watchEvents(sandbox, `/api/v1/pods?watch=1&resourceVersion=${version}`)
  t.match((await events.next()).value, {
    type: 'ERROR',
    object: { kind: 'Status', code: 410, reason: 'Expired', message: /^too old resource version: \d+ \(\d+\)$/ },
  })
  t.equal(await nextEvent(events), 'end')
})

t.test('a watch with a selector that can not be read is refused', async t => {
  const { sandbox } = await sandboxWith(0)
  t.teardown(sandbox.close)
  t.match(await call(sandbox, 'GET', '/api/v1/pods?watch=1&fieldSelector=spec.color%3Dred'), {
    status: 400,
    body: { message: 'field label not supported: spec.color' },
  })
})

t.test('bookmarks come when asked for, and timeoutSeconds ends the watch', async t => {
  const { sandbox, version } = await sandboxWith(1, { timings: { bookmarkMs: 10 } })
  t.teardown(sandbox.close)
  const events = watchEvents(sandbox, `/api/v1/pods?watch=1&resourceVersion=${version}&allowWatchBookmarks=true&timeoutSeconds=1`)
  t.match((await events.next()).value, {
    type: 'BOOKMARK',
    object: { kind: 'Pod', metadata: { resourceVersion: version } },
  })
  const kinds = new Set((await allEvents(events)).map(event => event.type))
  t.strictSame([...kinds], ['BOOKMARK'])
})
