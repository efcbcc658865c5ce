import t from 'tap'
import { ClusterError } from '../../runtime/cluster.ts'
import { addCronJob, addJob, clinic, podOf } from './clinic.ts'

t.test('diagnose() asks for each right that the ways need, where they are needed', async t => {
  const denied = [
    { verb: 'create', resource: 'events' },
    { verb: 'get', resource: 'pods/exec', namespace: 'shop' },
  ]
  const { diagnose } = await clinic(t, { denied })
  const rights = async (request: Parameters<typeof diagnose>[0]) =>
    (await diagnose(request)).of('right').map(({ verb, resource, namespace, allowed }) => `${verb} ${resource} ${namespace} ${allowed}`)
  t.strictSame(await rights({}), [
    'get pods shop true',
    'list pods shop true',
    'watch pods shop true',
    'patch pods/status shop true',
    'get pods/exec shop false',
    'get pods/portforward shop true',
    'create events shop false',
    'get namespaces shop true',
  ])
  t.strictSame(await rights({ settings: { ways: ['complete'] }, namespace: null }), [
    'get pods null true',
    'list pods null true',
    'watch pods null true',
    'patch pods/status null true',
    'create events null false',
    'list namespaces null true',
    'list nodes null true',
  ])
  t.match((await diagnose()).summary, { denied: 2, incomplete: false })
})

t.test('diagnose() asks for create on pods/exec too, from Kubernetes 1.35 on', async t => {
  const { diagnose } = await clinic(t, { version: 'v1.36.3' })
  const verbs = (await diagnose()).of('right').flatMap(({ verb, resource }) => (resource === 'pods/exec' ? verb : []))
  t.strictSame(verbs, ['get', 'create'])
})

t.test('diagnose() goes on without what lies around the scope, and says so', async t => {
  const denied = ['nodes', 'namespaces', 'mutatingwebhookconfigurations'].map(resource => ({ resource }))
  const { sandbox, diagnose } = await clinic(t, { denied })
  sandbox.addPod(podOf('backup', 'backup-x', { spec: { initContainers: [{ name: 'proxy' }], containers: [{ name: 'main' }] } }))
  addJob(sandbox, 'backup', { spec: { initContainers: [{ name: 'proxy', restartPolicy: 'Always' }], containers: [{ name: 'main' }] } })
  const { of, summary } = await diagnose()
  t.match(of('cluster'), [{ kubelet: null, nodes: null, native: 'unknown' }])
  t.match(of('stripped'), [{ container: 'proxy', webhooks: null }])
  t.match(summary, { incomplete: false, needed: 'unknown' })
  t.match(summary.limits, [
    /^Labels of namespaces are not known: Cannot read namespace shop: needs verb get on resource namespaces/,
    /^The versions of the kubelets are not known: Cannot list nodes: needs verb list on resource nodes/,
    /^Which webhooks are asked of new pods is not known: .* mutatingwebhookconfigurations \(API group admissionregistration.k8s.io\)/,
  ])
})

t.test('diagnose() does not say that no reaper is needed without the labels of the namespace', async t => {
  const { diagnose } = await clinic(t, { denied: [{ resource: 'namespaces' }] })
  t.match((await diagnose()).summary, { needed: 'unknown', message: /not everything could be read \(namespaces\)/, incomplete: false })
})

t.test('diagnose() says which part of the scope it could not read', async t => {
  const { sandbox, diagnose } = await clinic(t, { denied: [{ resource: 'cronjobs' }] })
  addCronJob(sandbox, 'backup')
  addJob(sandbox, 'backup-1', { cronJob: 'backup' })
  const { of, summary } = await diagnose()
  t.match(of('sidecar'), [{ owner: { kind: 'CronJob', name: 'backup' }, templates: 1 }])
  t.match(summary, {
    incomplete: true,
    cronJobs: 0,
    limits: [/^Not every one of the cronjobs could be read: Cannot list cronjobs\.batch in namespace shop/],
  })
})

t.test('diagnose() of all namespaces reads each that it may, where all at once are forbidden', async t => {
  const denied = ['pods', 'jobs', 'cronjobs'].flatMap(resource => [
    { resource, namespace: '' },
    { resource, namespace: 'hidden' },
  ])
  const { sandbox, diagnose } = await clinic(t, { denied })
  sandbox.addNamespace('hidden')
  addJob(sandbox, 'backup')
  addJob(sandbox, 'backup', { namespace: 'hidden' })
  sandbox.addPod(podOf('backup', 'backup-x'))
  const { of, summary } = await diagnose({ namespace: null })
  t.match(of('sidecar'), [{ namespace: 'shop', pods: 1, templates: 1 }])
  t.match(summary, { incomplete: true, pods: 1, jobs: 1 })
})

t.test('diagnose() of all namespaces misses nothing where each may be read by itself', async t => {
  const { sandbox, diagnose } = await clinic(t, { denied: ['pods', 'jobs', 'cronjobs'].map(resource => ({ resource, namespace: '' })) })
  addJob(sandbox, 'backup')
  t.match((await diagnose({ namespace: null })).summary, { incomplete: false, jobs: 1, limits: [] })
})

t.test('diagnose() rejects where neither pods nor Jobs nor CronJobs may be read', async t => {
  const { diagnose } = await clinic(t, { denied: ['pods', 'jobs', 'cronjobs'].map(resource => ({ resource })) })
  const error: unknown = await diagnose().then(
    () => null,
    (error: unknown) => error,
  )
  t.ok(error instanceof ClusterError && error.code === 'forbidden', String(error))
})

t.test('diagnose() gives up where the cluster cannot be reached any more', async t => {
  const { sandbox, diagnose } = await clinic(t)
  await sandbox.close()
  await t.rejects(diagnose(), { code: 'unreachable' })
})
