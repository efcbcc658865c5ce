import t from 'tap'
import { container } from '../sandbox/manifests.ts'
import { addCronJob, addJob, clinic, LISTED, podOf, running } from './clinic.ts'

const BY_HAND = 'write it as an init container with restartPolicy: Always (Kubernetes 1.29 or newer)'
const istio = { name: 'istio-proxy', image: 'istio/proxyv2:1.24' }
const native = { ...container('proxy'), restartPolicy: 'Always' }

t.test('diagnose() counts the pods and the template of a CronJob as one finding', async t => {
  const { sandbox, diagnose } = await clinic(t)
  addCronJob(sandbox, 'backup')
  for (const job of ['backup-1', 'backup-2']) {
    addJob(sandbox, job, { cronJob: 'backup' })
    sandbox.addPod(podOf(job, `${job}-x`))
  }
  const { of, summary } = await diagnose()
  t.strictSame(of('sidecar'), [
    {
      kind: 'sidecar',
      namespace: 'shop',
      owner: { kind: 'CronJob', name: 'backup' },
      container: 'proxy',
      row: null,
      title: null,
      why: 'a sidecar by sidecar-reaper/sidecars',
      pods: 2,
      templates: 1,
      certain: true,
      needsReaper: true,
      native: { by: 'spec', message: BY_HAND },
      possible: 'yes',
    },
  ])
  t.match(summary, { needed: 'yes', pods: 2, jobs: 2, cronJobs: 1, sidecars: 1, limits: [], incomplete: false })
  t.strictSame(sandbox.changes(), [])
})

t.test('diagnose() says of a vendor which switch makes its sidecar native, unless somebody wrote the container', async t => {
  const { sandbox, diagnose } = await clinic(t)
  const spec = { containers: [container('main'), istio] }
  addJob(sandbox, 'added', { annotations: {} })
  sandbox.addPod(podOf('added', 'added-x', { spec, annotations: {} }))
  addJob(sandbox, 'written', { spec, annotations: {} })
  sandbox.addPod(podOf('written', 'written-x', { spec, annotations: {} }))
  const found = (await diagnose())
    .of('sidecar')
    .map(({ owner, row, pods, templates, native }) => [owner.name, row, pods, templates, native.by])
  t.strictSame(found, [
    ['added', 'istio', 1, 0, 'vendor'],
    ['written', 'istio', 1, 1, 'spec'],
  ])
})

t.test('diagnose() expects what a webhook adds to the pods of a template, until a pod shows otherwise', async t => {
  const { sandbox, diagnose } = await clinic(t, {}, { 'istio-injection': 'enabled' })
  const spec = { containers: [container('main')] }
  addJob(sandbox, 'idle', { spec, annotations: {} })
  const before = await diagnose()
  t.match(before.of('sidecar'), [{ container: 'istio-proxy', certain: false, pods: 0, templates: 1 }])
  t.match(before.summary, { needed: 'unknown', message: /webhooks may add 1 sidecar/ })
  sandbox.addPod(podOf('idle', 'idle-x', { spec: { ...spec, initContainers: [{ ...istio, restartPolicy: 'Always' }] }, annotations: {} }))
  const after = await diagnose()
  t.strictSame(after.of('sidecar'), [])
  t.match(after.summary, { needed: 'no', message: /no longer needed here, in what could be read/ })
})

t.test('diagnose() finds what was to be native, and the webhooks that were asked', async t => {
  const { sandbox, diagnose } = await clinic(t)
  const stripped = { initContainers: [container('proxy')], containers: [container('main')] }
  addJob(sandbox, 'backup', { spec: { initContainers: [native], containers: [container('main')] } })
  sandbox.addPod(podOf('backup', 'backup-x', { spec: stripped }))
  sandbox.addPod(podOf('backup', 'backup-y', { spec: stripped }))
  const marked = { 'sidecar.istio.io/nativeSidecar': 'true' }
  sandbox.addPod(podOf('mesh', 'mesh-x', { spec: { containers: [container('main'), istio] }, annotations: marked }))
  const rule = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }
  sandbox.addWebhooks('hooks', [
    { name: 'newer.test', admissionReviewVersions: ['v1'], rules: [rule], matchConditions: [{}] },
    { name: 'older.test', admissionReviewVersions: ['v1beta1'], rules: [rule], failurePolicy: 'Ignore' },
    { name: 'elsewhere.test', admissionReviewVersions: ['v1beta1'], rules: [rule], objectSelector: { matchLabels: { a: 'b' } } },
  ])
  const [backup, mesh, ...none] = (await diagnose()).of('stripped')
  t.match(backup, {
    owner: { kind: 'Job', name: 'backup' },
    container: 'proxy',
    how: 'init',
    pods: 2,
    pod: 'backup-x',
    message: /its Job has it/,
  })
  t.match(mesh, {
    owner: { name: 'mesh' },
    container: 'istio-proxy',
    how: 'plain',
    message: /annotation sidecar.istio.io\/nativeSidecar: "true"/,
  })
  t.strictSame(none, [])
  t.match(backup?.webhooks, [
    { configuration: 'hooks', name: 'older.test', suspect: true, certain: true, failurePolicy: 'Ignore' },
    { configuration: 'hooks', name: 'newer.test', suspect: false, certain: false, failurePolicy: 'Fail' },
  ])
  t.equal(backup?.webhooks?.length, 2)
})

t.test('diagnose() finds a known sidecar among the init containers that have to end', async t => {
  const { sandbox, diagnose } = await clinic(t)
  const spec = { initContainers: [istio, { name: 'istio-init', image: istio.image }], containers: [container('main')] }
  sandbox.addPod(podOf('mesh', 'mesh-x', { spec, annotations: {} }))
  const { of, summary } = await diagnose()
  t.match(of('stripped'), [{ container: 'istio-proxy', how: 'init', message: /it is Istio proxy, which does not end by itself$/ }])
  t.equal(summary.stripped, 1)
})

t.test('diagnose() tells which CronJobs a Job blocks, and since when', async t => {
  const { sandbox, diagnose } = await clinic(t)
  const forbid = { concurrencyPolicy: 'Forbid' }
  addCronJob(sandbox, 'backup', { cron: forbid, active: ['backup-1'] })
  addCronJob(sandbox, 'allowed', { active: ['allowed-1'] })
  addCronJob(sandbox, 'suspended', { cron: { ...forbid, suspend: true }, active: ['suspended-1'] })
  addCronJob(sandbox, 'running', { cron: forbid, active: ['running-1'] })
  for (const job of ['backup-1', 'allowed-1', 'suspended-1']) sandbox.addPod(podOf(job, `${job}-x`))
  sandbox.addPod(running(podOf('running-1', 'running-1-x')))
  const { of } = await diagnose()
  t.strictSame(of('blocked'), [
    {
      kind: 'blocked',
      namespace: 'shop',
      cronJob: 'backup',
      job: 'backup-1',
      pod: 'backup-1-x',
      decision: 'end',
      reason: 'left-over',
      message: 'the mains succeeded, proxy left over; the pod becomes Succeeded',
      report: false,
      since: '2026-01-01T00:00:00Z',
      schedule: '*/5 * * * *',
      lastSchedule: '2026-01-01T00:00:00Z',
    },
  ])
})

t.test('diagnose() does not call a CronJob blocked whose Job only settles', async t => {
  const { sandbox, diagnose } = await clinic(t)
  addCronJob(sandbox, 'backup', { cron: { concurrencyPolicy: 'Forbid' }, active: ['backup-1'] })
  sandbox.addPod(podOf('backup-1', 'backup-1-x', { annotations: { ...LISTED, 'sidecar-reaper/settle': '100000h' } }))
  t.strictSame((await diagnose()).of('blocked'), [])
})

t.test('diagnose() judges by the oldest kubelet, and by the server', async t => {
  const { sandbox, diagnose } = await clinic(t)
  addCronJob(sandbox, 'backup')
  sandbox.addNode('older', true, 'v1.28.4-gke.100')
  const gated = await diagnose()
  t.match(gated.of('cluster'), [{ kubelet: { node: 'older', version: 'v1.28.4-gke.100' }, nodes: 2, server: 'v1.34.4', native: 'gated' }])
  t.match(gated.of('sidecar'), [{ possible: 'gated' }])
  sandbox.addNode('oldest', false, 'v1.27.1')
  t.match((await diagnose()).of('cluster'), [
    { kubelet: { node: 'oldest' }, native: 'no', message: /the kubelet of node oldest is v1.27.1$/ },
  ])
})

t.test('diagnose() takes a Job that has finished for past', async t => {
  const { sandbox, diagnose } = await clinic(t)
  addJob(sandbox, 'done', { status: { conditions: [{ type: 'Complete', status: 'True' }] } })
  const { of, summary } = await diagnose()
  t.strictSame(of('sidecar'), [])
  t.match(summary, { needed: 'no', jobs: 0 })
})

t.test('diagnose() looks only at what the setting owners names', async t => {
  const { sandbox, diagnose } = await clinic(t)
  addJob(sandbox, 'backup')
  t.match((await diagnose({ settings: { owners: ['Workflow'] } })).summary, { jobs: 0, sidecars: 0 })
  t.match((await diagnose({ settings: { owners: ['any'] } })).summary, { jobs: 1, sidecars: 1 })
})

t.test('diagnose() says of whom nobody knows who is a sidecar', async t => {
  const { sandbox, diagnose } = await clinic(t)
  addJob(sandbox, 'all', { annotations: { 'sidecar-reaper/sidecars': 'main, proxy' } })
  t.match((await diagnose()).summary, {
    needed: 'unknown',
    unclear: 1,
    limits: [/^Nobody knows who is a sidecar: shop, Job all: every container \(main, proxy\) would be a sidecar/],
  })
})
