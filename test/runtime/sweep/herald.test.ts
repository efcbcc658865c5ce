import t from 'tap'
import type { KubeObject } from '../../sandbox/objects.ts'
import { counts, results, world } from './world.ts'

t.jobs = 8

/** Events as `SidecarsEnded Pod p0: note`. */
function said(events: readonly KubeObject[]): readonly string[] {
  return events.map(event => {
    // Stored as they were sent.
    const { reason, note, regarding } = event as unknown as { reason: string; note: string; regarding: { kind: string; name: string } }
    return `${reason} ${regarding.kind} ${regarding.name}: ${note}`
  })
}

t.test('an ending is told on the pod and on its Job, by a complete Event', async t => {
  const { sandbox, stuck, sweep } = await world(t)
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'report', uid: '1-2', controller: true }
  stuck('p0', { change: pod => ({ ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } }) })
  await sweep()
  const { uid } = sandbox.pod('default', 'p0')?.metadata ?? {}
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: 'p0', uid }
  const job = { apiVersion: 'batch/v1', kind: 'Job', namespace: 'default', name: 'report', uid: '1-2' }
  const common = {
    reason: 'SidecarsEnded',
    type: 'Normal',
    action: 'EndSidecars',
    reportingController: 'sidecar-reaper',
    note: /^Ended proxy \(exit 0\) by complete: /,
  }
  t.match(sandbox.events(), [
    {
      metadata: { name: /^p0\.[0-9a-f]{16}$/, namespace: 'default' },
      regarding: pod,
      ...common,
      eventTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
    },
    { metadata: { name: /^report\.[0-9a-f]{16}$/ }, regarding: job, ...common },
  ])
})

t.test('a refusal, a failure and a reversal are told once, however many sweeps come by', async t => {
  const { sandbox, stuck, sweep } = await world(t, {
    faults: [
      { on: { verb: 'patch', name: 'reverted' }, do: { kind: 'revert' } },
      { on: { verb: 'patch', name: 'failed' }, do: { kind: 'answer', status: 400 } },
    ],
  })
  stuck('refused', { annotations: { 'sidecar-reaper/mains': 'proxy' } })
  stuck('reverted')
  stuck('failed')
  for (let times = 0; times < 3; times++) {
    const swept = await sweep()
    t.strictSame([results(swept), counts(swept)], [['failed failed', 'reverted reverted'], { pods: 3, refused: 1, failed: 2 }])
    t.strictSame(swept.summary.limits, [], 'that it is said already is no limit')
  }
  t.match(said(sandbox.events()).toSorted(), [
    /^SidecarsFailed Pod failed: Could not end proxy: complete: Cannot patch/,
    /^SidecarsRefused Pod refused: .* disagree/,
    /^SidecarsReverted Pod reverted: Could not end proxy: complete: the kubelet took the phase back$/,
  ])
})

t.test('Events that may not be written are not tried again in that namespace, and that is said once', async t => {
  const { sandbox, stuck, sweep } = await world(t, { denied: [{ resource: 'events', namespace: 'quiet' }] })
  for (let index = 0; index < 12; index++) stuck(`p${index}`, { namespace: index < 10 ? 'quiet' : 'default' })
  const swept = await sweep({ scope: {} })
  t.strictSame(counts(swept), { pods: 12, ended: 12 })
  t.match(swept.summary.limits, [
    /^Not every Event was written: Cannot create an Event in namespace quiet: needs verb create on resource events/,
  ])
  t.equal(swept.summary.limits.length, 1)
  t.equal(sandbox.events().length, 2, 'the other namespace has its own')
  const tries = sandbox.requests.filter(({ resource, namespace }) => resource === 'events' && namespace === 'quiet').length
  t.ok(tries <= 4, `${tries} tries, at most as many as run at once`)
})

t.test('Events that hang slow no ending', async t => {
  const { sandbox, stuck, sweep } = await world(
    t,
    { faults: [{ on: { resource: 'events' }, do: { kind: 'hang' } }] },
    { callTimeoutMs: 600_000 },
  )
  for (let index = 0; index < 40; index++) stuck(`p${index}`)
  const stop = new AbortController()
  let outcomes = 0
  const swept = sweep({ signal: stop.signal, onRecord: ({ kind }) => void (kind === 'outcome' && outcomes++) })
  await sandbox.waitFor(() => outcomes === 40, { deadlineMs: 20_000 })
  t.equal(sandbox.requests.filter(({ resource }) => resource === 'events').length, 4, 'half of the room')
  stop.abort()
  t.strictSame(counts(await swept), { pods: 40, ended: 40 })
})

t.test('Events that hang are given up', async t => {
  const { sandbox, stuck, sweep } = await world(
    t,
    { faults: [{ on: { resource: 'events' }, do: { kind: 'hang' } }] },
    { callTimeoutMs: 1000 },
  )
  for (let index = 0; index < 10; index++) stuck(`p${index}`)
  const { summary } = await sweep()
  t.match(summary.limits, [/^Not every Event was written: /])
  t.ok(sandbox.requests.filter(({ resource }) => resource === 'events').length <= 4)
})
