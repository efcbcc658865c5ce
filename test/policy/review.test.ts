import t from 'tap'
import { loadReview } from '../../runtime/review.ts'
import { samples } from '../../scripts/policy/samples.ts'
import { COMMITTED, policyWith } from './committed.ts'

const review = await loadReview(COMMITTED)

function job(containers: readonly object[], annotations: object = {}) {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'backup' },
    spec: { activeDeadlineSeconds: 3600, template: { metadata: { annotations }, spec: { restartPolicy: 'Never', containers } } },
  }
}

const main = { name: 'main', image: 'acme/backup' }
const proxy = { name: 'cloud-sql-proxy', image: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0', args: ['p:r:i'] }

t.test('a review and a sweep never disagree about who is a sidecar', async t => {
  for (const { name, pod, settings, surroundings, now } of await samples()) {
    // A template has no namespace to look at.
    const { containers } = (await policyWith(settings)).verdict(
      (await policyWith(settings)).facts(pod),
      { ...surroundings, namespace: null },
      now,
    )
    const { metadata, spec } = pod
    const template = { metadata: { annotations: metadata?.annotations ?? {}, labels: metadata?.labels ?? {} }, spec }
    const [found] = (await loadReview(COMMITTED, settings)).templates({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name },
      spec: { template },
    })
    const roles = containers.filter(({ role }) => role === 'main' || role === 'sidecar').map(({ name, role }) => ({ name, role }))
    const reviewed = (found?.containers ?? []).filter(({ injected }) => !injected).map(({ name, role }) => ({ name, role }))
    t.strictSame(reviewed, roles, name)
  }
})

t.test('findings() of a plain sidecar name it, its place and a fix', async t => {
  t.match(review.findings(job([main, proxy])), [
    {
      rule: 'hangs',
      severity: 'error',
      container: 'cloud-sql-proxy',
      path: ['spec', 'template', 'spec', 'containers', 1],
      docs: 'docs/rules/hangs.md',
    },
  ])
  t.strictSame(review.findings(job([main])), [])
})

t.test('findings() knows what the real catalogue says of injection', async t => {
  const annotated = (annotations: object) => review.findings(job([main], annotations)).map(({ rule, container }) => [rule, container])
  t.strictSame(annotated({ 'vault.hashicorp.com/agent-inject': 'true' }), [['injected', 'vault-agent']])
  t.strictSame(annotated({ 'vault.hashicorp.com/agent-inject': 'true', 'vault.hashicorp.com/agent-pre-populate-only': 'true' }), [])
  t.strictSame(annotated({ 'dapr.io/enabled': 'true' }), [['injected', 'daprd']])
  t.strictSame(annotated({ 'dapr.io/enabled': 'true', 'dapr.io/enable-native-sidecar': 'true' }), [])
})

t.test('findings() takes a manifest of any shape', async t => {
  const shapes = [
    {},
    { items: 3 },
    { items: [null, 1, []] },
    job([1, null] as unknown as object[]),
    { ...job([]), spec: [] },
    job([main, main]),
  ]
  for (const manifest of shapes) t.doesNotThrow(() => review.findings(manifest), JSON.stringify(manifest))
})
