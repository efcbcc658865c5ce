import t from 'tap'
import { type Cluster, ClusterError, type Resource } from '../../../runtime/cluster.ts'
import { loadReview } from '../../../runtime/review.ts'
import { reviewCluster } from '../../../runtime/review/live.ts'
import type { FileReview } from '../../../runtime/review/record.ts'
import { COMMITTED } from '../../policy/committed.ts'

const review = await loadReview(COMMITTED)
const NEVER = new AbortController().signal
const ALL = { rules: [], minSeverity: 'info' } as const

const BATCH = new Map([['batch', ['v1']]])

interface Told {
  readonly resource: string
  readonly version: string
  readonly namespace: string | undefined
}

/** A cluster with these objects by resource; an error instead of objects is thrown. */
function clusterOf(
  lists: Readonly<Record<string, readonly object[] | ClusterError>>,
  groups: ReadonlyMap<string, readonly string[]> = BATCH,
) {
  const told: Told[] = []
  const cluster = {
    apiGroups: async () => groups,
    async *objectPages({ resource, version }: Resource, { namespace }: { readonly namespace?: string }) {
      told.push({ resource, version, namespace })
      const found = lists[resource] ?? []
      if (found instanceof ClusterError) throw found
      for (const item of found) yield { items: [item], restart: false }
    },
  } as unknown as Cluster // as far as it is asked
  return { cluster, told }
}

async function reviewsOf(cluster: Cluster, namespace?: string): Promise<readonly FileReview[]> {
  const reviews: FileReview[] = []
  const scope = namespace === undefined ? {} : { namespace }
  for await (const one of reviewCluster(cluster, scope, { review, selection: ALL, signal: NEVER })) reviews.push(one)
  return reviews
}

const template = (fields: object = {}) => ({
  spec: { restartPolicy: 'Never', containers: [{ name: 'main' }, { name: 'vector', image: 'timberio/vector:1' }], ...fields },
})
const metadata = (name: string, owner?: object) => ({
  name,
  namespace: 'shop',
  uid: name,
  ...(owner && { ownerReferences: [{ controller: true, name: 'o', uid: 'u', ...owner }] }),
})
const job = (name: string, owner?: object) => ({
  metadata: metadata(name, owner),
  spec: { activeDeadlineSeconds: 9, template: template() },
})

t.test('reviewCluster() judges what lives there, and leaves what another judged object makes to that', async t => {
  const { cluster } = clusterOf({
    cronjobs: [{ metadata: metadata('nightly'), spec: { jobTemplate: { spec: { activeDeadlineSeconds: 9, template: template() } } } }],
    jobs: [
      job('nightly-1', { apiVersion: 'batch/v1', kind: 'CronJob', uid: 'nightly' }),
      job('alone'),
      job('operated', { apiVersion: 'example.com/v1', kind: 'Backup' }),
      { ...job('alone') }, // a list that began again
    ],
    pods: [
      { metadata: metadata('alone-x', { apiVersion: 'batch/v1', kind: 'Job', uid: 'alone' }), ...template() },
      { metadata: metadata('nightly-1-x', { apiVersion: 'batch/v1', kind: 'Job', uid: 'nightly-1' }), ...template() },
      { metadata: metadata('bare'), ...template() },
    ],
  })
  const reviews = await reviewsOf(cluster)
  t.strictSame(
    reviews.map(({ file, manifests, isFile, findings }) => [file, manifests, isFile, findings.map(({ rule }) => rule)]),
    [
      ['shop/CronJob/nightly', 1, false, ['hangs']],
      ['shop/Job/alone', 1, false, ['hangs']],
      ['shop/Job/operated', 1, false, ['hangs']],
      ['shop/Pod/bare', 1, false, ['hangs']],
    ],
  )
  t.match(reviews[0]?.findings, [
    { line: null, column: null, object: { apiVersion: 'batch/v1', kind: 'CronJob', namespace: 'shop', name: 'nightly' } },
  ])
})

t.test('reviewCluster() says of what another object makes what was not said of that one, and once', async t => {
  const injected = template({ containers: [{ name: 'main' }, { name: 'fluent-bit', image: 'fluent/fluent-bit:3' }] })
  const pod = (name: string) => ({ metadata: metadata(name, { apiVersion: 'batch/v1', kind: 'Job', uid: 'plain' }), ...injected })
  const plain = { ...job('plain'), spec: { template: template({ containers: [{ name: 'main' }] }) } }
  const { cluster } = clusterOf({ jobs: [plain], pods: [pod('plain-1'), pod('plain-2')] })
  t.match(await reviewsOf(cluster), [
    { file: 'shop/Job/plain', manifests: 1, findings: [] },
    { file: 'shop/Pod/plain-1', manifests: 0, findings: [{ rule: 'hangs', container: 'fluent-bit' }] },
  ])
  const unread = clusterOf({ jobs: new ClusterError('forbidden', 'Cannot list jobs'), pods: [pod('plain-1')] })
  t.match(await reviewsOf(unread.cluster), [{ remarks: [{ kind: 'problem' }] }, { file: 'shop/Pod/plain-1', manifests: 1, findings: [{}] }])
})

t.test('reviewCluster() lists what the server has, in a version that it has, and of a namespace what is in it', async t => {
  const groups = new Map([...BATCH, ['jobset.x-k8s.io', ['v1', 'v1beta1']], ['argoproj.io', ['v1beta1', 'v1alpha1']]])
  const { cluster, told } = clusterOf({}, groups)
  await reviewsOf(cluster, 'shop')
  t.strictSame(told, [
    ...['cronjobs', 'jobs', 'pods', 'podtemplates'].map(resource => ({ resource, version: 'v1', namespace: 'shop' })),
    { resource: 'jobsets', version: 'v1', namespace: 'shop' },
    ...['workflows', 'workflowtemplates', 'cronworkflows'].map(resource => ({ resource, version: 'v1alpha1', namespace: 'shop' })),
  ])
  const all = clusterOf({}, groups)
  await reviewsOf(all.cluster)
  t.ok(all.told.some(({ resource }) => resource === 'clusterworkflowtemplates'))
  t.ok(all.told.every(({ namespace }) => namespace === undefined))
})

const WEBHOOK = {
  metadata: { name: 'labels' },
  webhooks: [
    {
      name: 'old.example.com',
      admissionReviewVersions: ['v1beta1'],
      rules: [{ apiGroups: [''], operations: ['CREATE'], resources: ['pods'] }],
    },
  ],
}

t.test('reviewCluster() knows of the webhooks, and says when it may not', async t => {
  const native = {
    metadata: metadata('a'),
    ...template({ containers: [{ name: 'main' }], initContainers: [{ name: 'logs', restartPolicy: 'Always' }] }),
  }
  const groups = new Map([...BATCH, ['admissionregistration.k8s.io', ['v1']]])
  const { cluster, told } = clusterOf({ mutatingwebhookconfigurations: [WEBHOOK], pods: [native] }, groups)
  const [only, ...others] = await reviewsOf(cluster, 'shop')
  t.match(only, { file: 'shop/Pod/a', findings: [{ rule: 'stripped-native' }] })
  t.strictSame(others, [])
  t.match(told[0], { resource: 'mutatingwebhookconfigurations', namespace: undefined })
  const forbidden = new ClusterError('forbidden', 'Cannot list webhooks')
  const blind = await reviewsOf(clusterOf({ mutatingwebhookconfigurations: forbidden, pods: [native] }, groups).cluster)
  t.match(blind, [
    { remarks: [{ kind: 'note', message: 'Cannot list webhooks; what they do to other objects is not known' }] },
    { file: 'shop/Pod/a', findings: [] },
  ])
})

t.test('reviewCluster() goes on without what it may not read, and fails where that is everything', async t => {
  const forbidden = new ClusterError('forbidden', 'Cannot list it')
  const some = await reviewsOf(clusterOf({ cronjobs: forbidden, jobs: [job('alone')] }).cluster)
  t.match(some, [
    { file: 'cronjobs', isFile: false, remarks: [{ kind: 'problem', message: 'Cannot list it' }] },
    { file: 'shop/Job/alone' },
  ])
  const none = Object.fromEntries(['cronjobs', 'jobs', 'pods', 'podtemplates'].map(resource => [resource, forbidden]))
  await t.rejects(reviewsOf(clusterOf(none).cluster), { code: 'forbidden' })
  await t.rejects(reviewsOf(clusterOf({ jobs: new ClusterError('unreachable', 'gone') }).cluster), { code: 'unreachable' })
  const absent = await reviewsOf(clusterOf({ podtemplates: new ClusterError('not-found', 'no such resource') }).cluster)
  t.strictSame(absent, [])
})
