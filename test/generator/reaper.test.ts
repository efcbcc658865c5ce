import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { load } from 'js-yaml'
import t from 'tap'
import { reaperManifests, reaperObjects } from '../../generator/reaper/reaper.ts'
import { options, sources } from './sources.ts'

interface Rendered {
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels: Record<string, string>
    readonly annotations?: Record<string, string>
  }
  readonly rules?: readonly { readonly resources: readonly string[]; readonly verbs: readonly string[] }[]
  readonly data?: Record<string, string>
  readonly binaryData?: Record<string, string>
  readonly spec?: { readonly jobTemplate?: { readonly spec: JobSpec } } & JobSpec
}

interface JobSpec {
  readonly template: { readonly metadata: Rendered['metadata']; readonly spec: { readonly containers: readonly Container[] } }
}

interface Container {
  readonly image: string
  readonly command?: readonly string[]
  readonly args: readonly string[]
}

function render(given: object = {}): readonly Rendered[] {
  return reaperObjects(options(given), sources) as readonly Rendered[] // the API server checks their shape in the cluster suite
}

function one(objects: readonly Rendered[], kind: string): Rendered {
  const [object] = objects.filter(candidate => candidate.kind === kind)
  if (!object) throw new Error(`There is no ${kind}`)
  return object
}

function podTemplate(objects: readonly Rendered[]) {
  const job = one(objects, objects.some(({ kind }) => kind === 'Job') ? 'Job' : 'CronJob')
  const spec = job.spec?.jobTemplate?.spec ?? job.spec
  if (!spec) throw new Error('The job has no spec')
  return spec.template
}

function grants(objects: readonly Rendered[], kind: string): readonly string[] {
  return one(objects, kind).rules?.flatMap(({ resources, verbs }) => resources.map(resource => `${resource}: ${verbs.join(' ')}`)) ?? []
}

const PIN = ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']

t.test('reaperObjects() sweeps every namespace by a ClusterRole without pods/exec', async t => {
  const objects = render()
  t.strictSame(
    objects.map(({ kind }) => kind).filter((kind, index, all) => kind !== all[index - 1]),
    ['Namespace', 'ServiceAccount', ...PIN, ...PIN, 'ClusterRole', 'ClusterRoleBinding', 'ConfigMap', 'CronJob'],
  )
  t.strictSame(grants(objects, 'ClusterRole'), [
    'pods: get list watch',
    'pods/status: patch',
    'events: create',
    'namespaces: list',
    'nodes: list',
  ])
  t.strictSame(podTemplate(objects).spec.containers[0]?.args, [
    'sweep',
    '--all-namespaces',
    '--settings',
    '/etc/sidecar-reaper/settings.yaml',
  ])
})

t.test('reaperObjects() of one namespace has a Role there and nothing that is not in a namespace but its own', async t => {
  const objects = render({ sweep: 'shop', createNamespace: false, pin: false })
  t.strictSame(grants(objects, 'Role'), ['pods: get list watch', 'pods/status: patch', 'events: create', 'namespaces: get'])
  t.strictSame(new Set(objects.map(({ metadata }) => metadata.namespace)), new Set(['sidecar-reaper', 'shop']))
  t.equal(one(objects, 'RoleBinding').metadata.namespace, 'shop')
  t.match(podTemplate(objects).spec.containers[0]?.args, ['sweep', '--namespace', 'shop'])
})

t.test('reaperObjects() grants what the ways in use need', async t => {
  const granted = (settings: object) => grants(render({ settings }), 'ClusterRole').slice(1, -3)
  const [status, exec, forward] = ['pods/status: patch', 'pods/exec: get create', 'pods/portforward: get create']
  t.strictSame(granted({ ways: ['exec'] }), [status, exec])
  t.strictSame(granted({ ways: ['signal', 'complete'] }), [status, exec])
  t.strictSame(granted({ ways: ['http'] }), [status, forward])
  t.strictSame(granted({ ways: ['exec', 'http', 'signal', 'complete'] }), [status, exec, forward])
  t.strictSame(granted({ mode: 'report', ways: ['exec', 'complete'] }), [])
})

t.test('reaperManifests() says in the role which way asks for which verb', async t => {
  const manifests = reaperManifests(options({ settings: { ways: ['http', 'signal', 'complete'] } }), sources)
  const role = manifests.find(({ file }) => file === 'role.yaml')?.text ?? ''
  t.match(role, /# way complete: .*; ways http, signal: claim .*\n.*\n +resources: \[pods\/status\]/)
  t.match(role, /# way signal: .*\n.*\n +resources: \[pods\/exec\]/)
  t.match(role, /# way http: .*\n.*\n +resources: \[pods\/portforward\]/)
})

t.test('reaperObjects() renders a pod that no vendor of the catalogue adds a sidecar to', async t => {
  const extra = { acme: { title: 'Acme', names: ['acme'], optOut: { labels: { 'acme.example/inject': 'no' } } } }
  const { labels, annotations } = podTemplate(render({ settings: { catalogue: extra } })).metadata
  t.match(labels, { 'sidecar.istio.io/inject': 'false', 'acme.example/inject': 'no' })
  t.match(annotations, { 'linkerd.io/inject': 'disabled' })
  for (const { optOut } of Object.values(sources.catalogue)) t.match({ labels, annotations }, optOut ? { ...pairs(optOut) } : {})
})

function pairs({ labels, annotations }: { readonly labels: object; readonly annotations: object }): object {
  return { labels, annotations }
}

t.test('reaperObjects() of a Job, with an image, has no program to carry', async t => {
  const objects = render({ kind: 'Job', image: 'registry.example/reaper:1', output: 'json', labels: { team: 'batch' } })
  t.match(podTemplate(objects).spec.containers[0], { image: 'registry.example/reaper:1', args: ['sweep'] })
  t.notOk(podTemplate(objects).spec.containers[0]?.command)
  t.notOk(objects.some(({ binaryData }) => binaryData))
  for (const { metadata } of objects) t.match(metadata.labels, { team: 'batch', 'app.kubernetes.io/name': 'sidecar-reaper' })
})

t.test('the program in the ConfigMaps runs as the CronJob runs it, and only when it is the right one', async t => {
  const objects = render()
  const directory = t.testdir({ parts: {}, program: {} })
  for (const { binaryData = {} } of objects)
    for (const [key, base64] of Object.entries(binaryData)) writeFileSync(join(directory, 'parts', key), Buffer.from(base64, 'base64'))
  mkdirSync(join(directory, 'parts', '..2026_11_25'))
  const { command = [], args = [] } = podTemplate(objects).spec.containers[0] ?? {}
  t.equal(command[0], 'node')
  const run = () => spawnSync(process.execPath, [...command.slice(1), ...args], { cwd: directory, encoding: 'utf8' })
  t.match(run(), { status: 0, stdout: 'sweep --all-namespaces --settings /etc/sidecar-reaper/settings.yaml\n', stderr: '' })

  writeFileSync(join(directory, 'parts', 'sidecar-reaper.mjs.gz.00'), gzipSync('another one'))
  t.match(run(), {
    status: 1,
    stdout: '',
    stderr: /The ConfigMaps hold another sidecar-reaper.mjs than this CronJob is for: apply all of it again/,
  })
})

t.test('a program of any size is cut to what plain kubectl apply takes', async t => {
  const bytes = Buffer.from(Array.from({ length: 500_000 }, (_, index) => (Math.sin(index) * 1e9) & 0xff)) // does not compress
  const objects = reaperObjects(options(), { ...sources, program: [{ name: 'sidecar-reaper.mjs', bytes }] }) as readonly Rendered[]
  const parts = objects.filter(({ binaryData }) => binaryData)
  t.strictSame(
    parts.map(({ metadata, binaryData = {} }) => [metadata.name, Object.keys(binaryData)]),
    [0, 1, 2].map(index => [`sidecar-reaper-program-${index}`, [`sidecar-reaper.mjs.gz.0${index}`]]),
  )
  for (const part of parts) t.ok(JSON.stringify(part).length < 250_000)
})

t.test('every manifest is one object, and YAML that says the same as the objects', async t => {
  t.strictSame(
    reaperManifests(options(), sources).map(({ text }) => load(text)),
    render(),
  )
})
