import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'
import t, { type Test } from 'tap'
import type { DoctorRecord } from '../../runtime/doctor/record.ts'
import { connectCluster } from '../../runtime/cluster/connect.ts'
import { ask } from './harness/api.ts'
import { eventually } from './harness/eventually.ts'
import { kubectl } from './harness/kubectl.ts'
import { actor, job, type Fields } from './harness/manifests.ts'
import { openWorld, type Scenario } from './harness/world.ts'

// What the doctor says of a real cluster: what is not native, what was stripped, what is blocked, what the reaper may do;
// and that nothing has changed afterwards.

const world = await openWorld()
t.setTimeout(300_000)

const calm = new AbortController().signal
const program = fileURLToPath(new URL('../../dist/sidecar-reaper.mjs', import.meta.url))

type Of<K extends DoctorRecord['kind']> = Extract<DoctorRecord, { readonly kind: K }>

interface Diagnosis {
  readonly code: number | null
  of<K extends DoctorRecord['kind']>(kind: K): readonly Of<K>[]
}

/** What the doctor says, and its exit code. */
function doctor(args: readonly string[], env: NodeJS.ProcessEnv = process.env): Diagnosis {
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'doctor', '-o', 'json', ...args], { encoding: 'utf8', env })
  if (stdout === '') throw new Error(`doctor says nothing: ${stderr}`)
  const records = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as DoctorRecord) // our own
  return {
    code: status,
    of: <K extends DoctorRecord['kind']>(kind: K) => records.filter((record): record is Of<K> => record.kind === kind),
  }
}

const LISTED = { metadata: { annotations: { 'sidecar-reaper/sidecars': 'sidecar' } } }
const main = actor('main', { exit: 0, after: 0.5 })
const sidecar = actor('sidecar', { on: { TERM: '143' } })

/** Applies cluster-wide objects for as long as the test runs. */
async function applied(t: Test, ...items: readonly object[]): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items })
  t.teardown(() => kubectl(['delete', '--filename=-', '--ignore-not-found'], list))
  await kubectl(['create', '--filename=-'], list)
}

/** A Job whose main has ended, and whose sidecar runs on. */
async function stuck(scenario: Scenario): Promise<void> {
  await scenario.apply(job('report', scenario.directory, [main, sidecar], LISTED))
  await scenario.pod('report', 'the main has ended', ({ status }) =>
    (status.containerStatuses ?? []).some(({ name, state }) => name === 'main' && state.terminated !== undefined),
  )
}

t.test('doctor finds what is not native, what was stripped and by which webhooks, and what is blocked', async t => {
  await using scenario = await world.scenario('doctor')
  const { namespace } = scenario
  const pods = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }
  await applied(t, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: namespace },
    webhooks: [
      {
        name: 'old.example.com',
        admissionReviewVersions: ['v1beta1'],
        sideEffects: 'None',
        failurePolicy: 'Ignore', // nobody serves it
        timeoutSeconds: 1,
        clientConfig: { url: 'https://127.0.0.1:9/mutate' },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
        rules: [pods],
      },
    ],
  })
  const { spec } = job('backup', scenario.directory, [main, sidecar], LISTED) as { readonly spec: Fields }
  await scenario.apply({
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'backup' },
    spec: { schedule: '* * * * *', concurrencyPolicy: 'Forbid', jobTemplate: { spec } },
  })
  const asked = { metadata: { annotations: { 'sidecar.istio.io/nativeSidecar': 'true' } } }
  await scenario.apply(job('mesh', scenario.directory, [main], { ...asked, initContainers: [actor('istio-proxy', {})] }))
  await scenario.pod('mesh', 'its init container runs', ({ status }) => status.initContainerStatuses?.[0]?.state.running !== undefined)

  const found = await eventually(
    'the CronJob is blocked',
    async () => doctor(['-n', namespace]),
    ({ of }) => of('blocked').length > 0,
    { deadlineMs: 120_000 },
  )
  t.equal(found.code, 0)
  t.match(found.of('cluster'), [{ server: /^v1\.\d+\.\d+$/, kubelet: { version: /^v1\.\d+\.\d+$/ }, nodes: 1, native: 'yes' }])
  t.match(found.of('sidecar'), [
    { owner: { kind: 'CronJob', name: 'backup' }, container: 'sidecar', pods: 1, templates: 1, native: { by: 'spec' }, possible: 'yes' },
  ])
  t.match(found.of('blocked'), [
    { cronJob: 'backup', job: /^backup-\d+$/, decision: 'end', reason: 'left-over', since: /^20.*Z$/, lastSchedule: /^20.*Z$/ },
  ])
  const [stripped, ...others] = found.of('stripped')
  t.strictSame(others, [])
  t.match(stripped, { owner: { kind: 'Job', name: 'mesh' }, container: 'istio-proxy', how: 'init' })
  const webhook = stripped?.webhooks?.find(({ configuration }) => configuration === namespace)
  t.match(webhook, { name: 'old.example.com', suspect: true, certain: true, failurePolicy: 'Ignore' })
  t.match(found.of('summary'), [{ needed: 'yes', incomplete: false, limits: [] }])
})

t.test('doctor tries the patch that completes a pod, and nothing changes by it', async t => {
  await using scenario = await world.scenario('doctor-dry-run')
  const { namespace } = scenario
  await stuck(scenario)
  const allowed = await eventually(
    'the settle delay is over',
    async () => doctor(['-n', namespace]).of('admission'),
    ([admission]) => admission?.tried === 'completion',
  )
  t.match(allowed, [{ result: 'allowed' }])
  const before = await scenario.pods('report')
  t.match(before, [{ status: { phase: 'Running' } }])
  t.match(doctor(['-n', namespace]).of('admission'), [{ result: 'allowed', tried: 'completion', pod: before[0]?.metadata.name }])
  t.strictSame(await scenario.pods('report'), before, 'the pod is as it was, its resourceVersion too')

  const metadata = { name: namespace }
  const apiVersion = 'admissionregistration.k8s.io/v1'
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['UPDATE'], resources: ['pods/status'] }]
  const selector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } }
  const validations = [{ expression: `object.status.phase != 'Succeeded'`, message: 'not by hand' }]
  await applied(
    t,
    { apiVersion, kind: 'ValidatingAdmissionPolicy', metadata, spec: { matchConstraints: { resourceRules }, validations } },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: namespace, validationActions: ['Deny'], matchResources: { namespaceSelector: selector } },
    },
  )
  const refused = await eventually(
    'the policy is in force',
    async () => doctor(['-n', namespace]).of('admission'),
    ([admission]) => admission?.result !== 'allowed',
    { deadlineMs: 30_000 },
  )
  t.match(refused, [{ result: 'refused', message: /not by hand/ }])
  t.match(await scenario.pods('report'), [{ status: { phase: 'Running' } }])
})

t.test('doctor tells what a ServiceAccount may not do, and what itself may not read', async t => {
  await using scenario = await world.scenario('doctor-rights')
  const { namespace } = scenario
  await stuck(scenario)
  await kubectl(['create', 'serviceaccount', 'sweeper', `--namespace=${namespace}`])
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }]
  await granted(namespace, 'sweeper', rules)

  const user = `system:serviceaccount:${namespace}:sweeper`
  const asked = doctor(['-n', namespace, '--as', user])
  t.equal(asked.code, 0)
  t.strictSame(rightsOf(asked), {
    'get pods': true,
    'list pods': true,
    'watch pods': true,
    'patch pods/status': false,
    'get pods/exec': false,
    'get pods/portforward': false,
    'create events': false,
    'get namespaces': false,
  })
  t.match(asked.of('admission'), [{ result: 'unknown', tried: null }])
  t.match(asked.of('summary'), [{ denied: 5, limits: [], sidecars: 1 }])

  const itself = await doctorAs(namespace, 'sweeper', ['-n', namespace])
  t.equal(itself.code, 1)
  const [summary] = itself.of('summary')
  t.match(summary, { needed: 'yes', pods: 1, incomplete: true })
  for (const resource of ['jobs', 'cronjobs', 'nodes', 'namespaces', 'mutatingwebhookconfigurations'])
    t.ok(
      summary?.limits.some(limit => limit.includes(`on resource ${resource} `)),
      resource,
    )
  t.equal((await doctorAs(namespace, 'sweeper', ['-A'])).code, 3, 'nothing can be read of all namespaces')
})

t.test('doctor finds that an installed reaper can do its work, pinned as it is', async t => {
  await using reaper = await world.scenario('doctor-reaper')
  await using shop = await world.scenario('doctor-pinned')
  await stuck(shop)
  await applied(t, ...installed(reaper.namespace, shop.namespace))
  const user = `system:serviceaccount:${reaper.namespace}:sidecar-reaper`
  const [pod] = await shop.pods('report')
  const cluster = await connectCluster({ callTimeoutMs: 10_000, as: user })
  t.teardown(() => cluster.close())
  const ref = { namespace: shop.namespace, name: pod?.metadata.name ?? '' }
  const refusal = async () => {
    const { resourceVersion = '' } = (await shop.pods('report'))[0]?.metadata ?? {}
    return await cluster.tryPatchPodStatus(ref, { metadata: { resourceVersion }, status: { phase: 'Failed' } }, calm).then(
      () => '',
      (error: unknown) => String(error),
    )
  }
  await eventually('the pin is in force', refusal, said => said.includes('denied request'), { deadlineMs: 30_000 })

  const { of, code } = await eventually(
    'the settle delay is over',
    async () => doctor(['-n', shop.namespace, '--as', user]),
    ({ of }) => of('admission')[0]?.tried === 'completion',
  )
  t.equal(code, 0)
  t.match(of('admission'), [{ result: 'allowed', pod: ref.name }])
  const denied = of('right').flatMap(({ verb, resource, allowed }) => (allowed ? [] : [`${verb} ${resource}`]))
  t.strictSame(denied, ['get pods/exec', 'get pods/portforward'], 'it was rendered for the way complete alone')
  const settings = join(t.testdir({ 'settings.yaml': 'ways: [complete]' }), 'settings.yaml')
  t.match(doctor(['-n', shop.namespace, '--as', user, '--settings', settings]).of('summary'), [{ denied: 0, limits: [] }])
})

/** The ServiceAccount of the rendered install with its rights and its pin, under names that no other install has. */
function installed(namespace: string, sweep: string): readonly object[] {
  const args = [program, 'render', '--namespace', namespace, '--sweep', sweep, '-o', 'json']
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  const objects = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as { kind: string; metadata: { name: string }; spec?: { policyName?: string } }) // our own
  const own = (name: string) => `${name}-${namespace}`
  return objects.flatMap(object => {
    const { kind, metadata, spec } = object
    if (['ServiceAccount', 'Role', 'RoleBinding'].includes(kind)) return [object]
    if (!kind.startsWith('ValidatingAdmissionPolicy')) return []
    const policyName = spec?.policyName
    return [
      {
        ...object,
        metadata: { ...metadata, name: own(metadata.name) },
        spec: { ...spec, ...(policyName && { policyName: own(policyName) }) },
      },
    ]
  })
}

t.test('doctor needs no more than docs/doctor.md says', async t => {
  await using scenario = await world.scenario('doctor-docs')
  const { namespace } = scenario
  await stuck(scenario)
  const [clusterRole, role] = documented()
  for (const name of ['wide', 'narrow']) await kubectl(['create', 'serviceaccount', name, `--namespace=${namespace}`])
  const subjects = [{ kind: 'ServiceAccount', name: 'wide', namespace }]
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: namespace }
  await applied(
    t,
    { ...clusterRole, metadata: { name: namespace } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRoleBinding', metadata: { name: namespace }, roleRef, subjects },
  )
  await granted(namespace, 'narrow', role?.rules ?? [])

  const wide = await doctorAs(namespace, 'wide', ['-A', '--as', 'system:serviceaccount:sidecar-reaper:sidecar-reaper'])
  t.equal(wide.code, 0)
  t.match(wide.of('summary'), [{ limits: [], incomplete: false }])
  t.ok(wide.of('sidecar').some(found => found.namespace === namespace))
  const narrow = await doctorAs(namespace, 'narrow', ['-n', namespace])
  t.equal(narrow.code, 0)
  t.match(narrow.of('sidecar'), [{ owner: { kind: 'Job', name: 'report' }, pods: 1, templates: 1 }])
  const limits = narrow.of('summary').flatMap(summary => summary.limits)
  t.match(limits, [/^The versions of the kubelets/, /^Which webhooks/])
  t.equal(limits.length, 2)
})

t.test('doctor says where the reaper is no longer needed', async t => {
  await using scenario = await world.scenario('doctor-native')
  const native = actor('sidecar', { on: { TERM: '143' } }, { restartPolicy: 'Always' })
  await scenario.apply(job('report', scenario.directory, [actor('main', { exit: 0, after: 600 })], { ...LISTED, initContainers: [native] }))
  await scenario.pod('report', 'it runs', ({ status }) => status.phase === 'Running')
  const { code, of } = doctor(['-n', scenario.namespace])
  t.equal(code, 0)
  t.match(of('summary'), [{ needed: 'no', message: /^sidecar-reaper is no longer needed here, in what could be read/, pods: 1, jobs: 1 }])
  t.strictSame([...of('sidecar'), ...of('stripped'), ...of('blocked')], [])
})

interface RoleManifest {
  readonly kind: string
  readonly rules: readonly object[]
}

/** The roles in docs/doctor.md. */
function documented(): readonly RoleManifest[] {
  const page = readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8')
  return [...page.matchAll(/^```yaml\n([^]*?)^```$/gm)].map(([, yaml = '']) => load(yaml) as RoleManifest) // the page has no other YAML
}

/** Grants a ServiceAccount these rules in its namespace; they go with it. */
async function granted(namespace: string, account: string, rules: readonly object[]): Promise<void> {
  const path = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`
  const metadata = { name: account }
  await ask(world.api, `${path}/roles`, { method: 'POST', body: { metadata, rules } })
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: account }
  const subjects = [{ kind: 'ServiceAccount', name: account, namespace }]
  await ask(world.api, `${path}/rolebindings`, { method: 'POST', body: { metadata, roleRef, subjects } })
}

function rightsOf({ of }: Diagnosis): object {
  return Object.fromEntries(of('right').map(({ verb, resource, allowed }) => [`${verb} ${resource}`, allowed]))
}

/** The doctor with the token of a ServiceAccount. */
async function doctorAs(namespace: string, account: string, args: readonly string[]): Promise<Diagnosis> {
  const token = (await kubectl(['create', 'token', account, `--namespace=${namespace}`])).trim()
  const directory = mkdtempSync(join(tmpdir(), 'sidecar-reaper-doctor-'))
  try {
    const file = join(directory, 'config')
    writeFileSync(file, world.connection.kubeconfig(token), { mode: 0o600 })
    return doctor(args, { ...process.env, KUBECONFIG: file })
  } finally {
    rmSync(directory, { recursive: true })
  }
}
