import t from 'tap'
import { connectCluster } from '../../runtime/cluster/connect.ts'
import { webhookFacts } from '../../runtime/doctor/webhook-facts.ts'
import { api, calm, clusterError, connected, json, kubeconfig, refuse } from '../runtime/cluster/api.ts'

t.test('tryPatchPodStatus() always asks for a dry run', async t => {
  const { cluster, received } = await connected(t, (_, response) => json(response, {}))
  await cluster.tryPatchPodStatus({ namespace: 'shop', name: 'web-1' }, { metadata: { resourceVersion: '7' } }, calm)
  t.match(received, [{ method: 'PATCH', path: '/api/v1/namespaces/shop/pods/web-1/status' }])
  t.equal(received[0]?.query.get('dryRun'), 'All')
})

t.test('may() asks as whom it is told to, and only of that', async t => {
  const server = await api(t, (_, response) => json(response, { status: { allowed: false } }))
  const as = 'system:serviceaccount:reaper:reaper'
  const cluster = await connectCluster({ kubeconfig: kubeconfig(t, server.url), callTimeoutMs: 5_000, env: {}, as })
  t.teardown(() => cluster.close())
  t.equal(await cluster.may({ verb: 'create', resource: 'pods/exec', apiGroup: '', namespace: 'shop' }, calm), false)
  t.match(server.received, [
    { method: 'POST', path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', headers: { 'impersonate-user': as } },
  ])
  t.strictSame(JSON.parse(server.received[0]?.body ?? '').spec, {
    resourceAttributes: { verb: 'create', group: '', resource: 'pods', subresource: 'exec', namespace: 'shop' },
  })
})

t.test('may() says what is missing where one may not act as somebody else', async t => {
  const message = 'serviceaccounts "reaper" is forbidden: User "me" cannot impersonate resource "serviceaccounts" in API group ""'
  const { cluster } = await connected(t, (_, response) => refuse(response, 403, message))
  t.match(await clusterError(cluster.may({ verb: 'get', resource: 'pods', apiGroup: '' }, calm)), {
    code: 'forbidden',
    message: /^Cannot ask whether get on pods is allowed: acting as somebody else needs verb impersonate\. Server: /,
  })
})

t.test('webhookFacts() fills in the defaults of the API, and drops how a webhook is called', async t => {
  const webhook = { name: 'a.test', rules: [{ resources: ['pods'] }], clientConfig: { caBundle: 'x' }, matchConditions: [{}, {}] }
  t.strictSame(webhookFacts([{ metadata: { name: 'hooks' }, webhooks: [webhook] }, {}]), [
    {
      configuration: 'hooks',
      name: 'a.test',
      versions: [],
      rules: [{ apiGroups: [], apiVersions: [], operations: [], resources: ['pods'], scope: '*' }],
      namespaceSelector: { matchLabels: {}, matchExpressions: [] },
      objectSelector: { matchLabels: {}, matchExpressions: [] },
      conditions: 2,
      failurePolicy: 'Fail',
    },
  ])
})
