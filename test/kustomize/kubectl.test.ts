import { execFileSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadAll } from 'js-yaml'
import t from 'tap'
import { job, lines, review } from '../runtime/review/harness.ts'

// kubectl kustomize has no plugins: what it builds, kubectl apply -k, Flux and Argo CD build too.

const PATCH = `apiVersion: batch/v1
kind: Job
metadata: {name: backup}
spec:
  template:
    spec:
      containers: [{name: envoy, image: 'envoyproxy/envoy:v1.36.2'}]
`

const LOCAL = { 'config.kubernetes.io/local-config': 'true' }

function kustomize(folder: string): readonly { readonly kind: string; readonly metadata: { readonly namespace?: string } }[] {
  const text = execFileSync('kubectl', ['kustomize', folder], { encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 })
  return loadAll(text) as ReturnType<typeof kustomize> // what kustomize prints are objects
}

t.test('kubectl kustomize builds the root and every overlay with no plugin', async t => {
  const kinds = (folder: string) => kustomize(fileURLToPath(new URL(`../../${folder}`, import.meta.url))).map(({ kind }) => kind)
  t.match(
    new Set(kinds('.')),
    new Set([
      'Namespace',
      'ServiceAccount',
      'ClusterRole',
      'ClusterRoleBinding',
      'ConfigMap',
      'CronJob',
      'ValidatingAdmissionPolicy',
      'ValidatingAdmissionPolicyBinding',
    ]),
  )
  t.ok(kinds('config/exec').includes('ClusterRole'))
  t.ok(kinds('config/namespaced').includes('Role'))
  t.notOk(kinds('config/namespaced').includes('ClusterRole'))
})

t.test('the component annotates every Job of a build with no plugin', async t => {
  const names = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'sidecar-reaper-annotate', annotations: LOCAL } }
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'main' }] } }
  const directory = t.testdir({
    'kustomization.yaml': 'components: [annotate]\nresources: [all.json]\n',
    'all.json': [
      { ...names, data: { sidecars: 'istio-proxy, vault-agent' } },
      { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'once' }, spec: { template } },
      {
        apiVersion: 'batch/v1',
        kind: 'CronJob',
        metadata: { name: 'daily' },
        spec: { schedule: '0 0 * * *', jobTemplate: { spec: { template } } },
      },
      { apiVersion: 'argoproj.io/v1alpha1', kind: 'Workflow', metadata: { name: 'steps' }, spec: { entrypoint: 'x' } },
    ]
      .map(object => JSON.stringify(object))
      .join('\n---\n'),
  })
  cpSync(new URL('../../config/annotate', import.meta.url), `${directory}/annotate`, { recursive: true })
  const metadata = { annotations: { 'sidecar-reaper/sidecars': 'istio-proxy, vault-agent' } }
  t.match(
    kustomize(directory).toSorted((one, other) => (one.kind < other.kind ? -1 : 1)),
    [
      { kind: 'CronJob', spec: { jobTemplate: { spec: { template: { metadata } } } } },
      { kind: 'Job', spec: { template: { metadata } } },
      { kind: 'Workflow', spec: { podMetadata: metadata } },
    ],
  )
})

t.test('review builds an overlay with kubectl, and says of each finding where its object is written', async t => {
  const cwd = t.testdir({
    base: { 'kustomization.yaml': 'resources: [job.yaml]\n', 'job.yaml': `# ours\n${job()}` },
    prod: {
      'kustomization.yaml': 'namePrefix: prod-\nresources: [../base]\npatches: [{path: more/patch.yaml}]\n',
      more: { 'patch.yaml': PATCH },
    },
  })
  const { code, stdout, stderr } = await review(['-o', 'json', 'prod'], { cwd, env: { PATH: process.env['PATH'] ?? '' } })
  t.strictSame([code, stderr], [1, ''])
  t.match(lines(stdout), [
    { file: 'base/job.yaml', line: 10, column: 7, build: 'prod', container: 'envoy', object: { name: 'prod-backup' } },
    { file: 'base/job.yaml', line: 14, column: 11, build: 'prod', container: 'vector', object: { name: 'prod-backup' } },
    { kind: 'summary', files: 1, error: 2 },
  ])
})
