import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { request } from 'node:https'
import { json } from 'node:stream/consumers'
import t from 'tap'
import { decodeReaperOptions } from '../../generator/reaper/options.ts'
import { reaperObjects } from '../../generator/reaper/reaper.ts'
import { LIST_PROCESSES } from '../../runtime/way/processes.ts'
import { sources } from '../generator/sources.ts'
import { type Answer, ask, type CallOptions, connect } from './harness/api.ts'
import { eventually } from './harness/eventually.ts'
import { kubectl } from './harness/kubectl.ts'

// What a stolen token of the reaper can do, one try after the other, on a real API server. No container runs: the pods are
// gated, and their statuses are written by the admin as a kubelet would.

const admin = await connect()
const run = randomUUID().slice(0, 6)
const [own, shop] = [`pin-reaper-${run}`, `pin-shop-${run}`]
const options = decodeReaperOptions(
  {
    name: `pin-${run}`,
    namespace: own,
    settings: {
      mode: 'enforce',
      ways: ['exec', 'http', 'signal', 'complete'],
      sidecars: ['listed'],
      mainLabel: 'main',
      controllersGone: ['kruise', 'argo'],
    },
  },
  'options',
)
const rendered = reaperObjects(options, sources)
await kubectl(['create', '--filename=-'], JSON.stringify(list(rendered.filter(object => Reflect.get(object, 'kind') !== 'CronJob'))))
await kubectl(['create', '--filename=-'], JSON.stringify(list([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: shop } }])))
for (const namespace of [own, shop]) await kubectl(['create', 'serviceaccount', 'gated', `--namespace=${namespace}`])
const { status: issued } = await ask<{ status: { token: string } }>(
  admin.api,
  `/api/v1/namespaces/${own}/serviceaccounts/${options.name}/token`,
  { method: 'POST', body: { spec: {} } },
)
t.teardown(async () => {
  await kubectl(['delete', 'namespace', shop, '--wait=false'])
  await kubectl(
    ['delete', '--filename=-', '--wait=false'],
    JSON.stringify(list(rendered.filter(object => Reflect.get(object, 'kind') !== 'CronJob'))),
  )
})

function list(items: readonly object[]): object {
  return { apiVersion: 'v1', kind: 'List', items }
}

/** One call with the reaper's token. */
async function reaper(
  path: string,
  { method = 'GET', body, contentType = 'application/merge-patch+json' }: CallOptions = {},
): Promise<Answer> {
  const headers = { authorization: `Bearer ${issued.token}`, 'content-type': contentType }
  const { ca, rejectUnauthorized } = admin.options
  const call = request(new URL(path, admin.server), { method, headers, ca, rejectUnauthorized })
  call.end(body === undefined ? undefined : JSON.stringify(body))
  const [answer] = await once(call, 'response')
  return { status: answer.statusCode, body: await json(answer) }
}

interface PodOptions {
  readonly namespace?: string
  readonly metadata?: { readonly annotations?: object; readonly labels?: object; readonly finalizers?: readonly string[] }
  readonly containers?: readonly object[]
  readonly restartPolicy?: string
  /** Of each container: an exit code, or what else its state is. */
  readonly states?: Readonly<Record<string, number | object>>
  readonly phase?: string
}

const NAMED = { 'sidecar-reaper/sidecars': 'proxy' }
const DONE = { main: 0, proxy: { running: { startedAt: '2026-01-01T00:00:00Z' } } }

// The reaper's namespace takes no others.
const RESTRICTED = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } }

/** A pod of a Job with a main and a proxy, by default left over; gives back its path. */
async function pod({
  namespace = shop,
  metadata = { annotations: NAMED },
  containers = [{ name: 'main' }, { name: 'proxy' }],
  restartPolicy = 'Never',
  states = DONE,
  phase = 'Running',
}: PodOptions = {}): Promise<string> {
  const name = `pod-${randomUUID().slice(0, 8)}`
  const pods = `/api/v1/namespaces/${namespace}/pods`
  const spec = {
    serviceAccountName: 'gated',
    automountServiceAccountToken: false,
    schedulingGates: [{ name: 'example.com/never' }],
    restartPolicy,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    containers: containers.map(container => ({ image: 'example.com/none', securityContext: RESTRICTED, ...container })),
  }
  await ask(admin.api, pods, { method: 'POST', body: { metadata: { name, ...metadata }, spec } })
  const containerStatuses = Object.entries(states).map(([container, state]) => ({
    name: container,
    image: 'x',
    imageID: 'x',
    ready: false,
    restartCount: 0,
    containerID: `c://${container}`,
    state: typeof state === 'number' ? { terminated: { exitCode: state, containerID: `c://${container}` } } : state,
  }))
  const body = { status: { phase, podIP: '10.0.0.1', containerStatuses } }
  await ask(admin.api, `${pods}/${name}/status`, { method: 'PATCH', body, contentType: 'application/merge-patch+json' })
  return `${pods}/${name}`
}

async function patch(path: string, body: object): Promise<string> {
  return verdict(await reaper(`${path}/status`, { method: 'PATCH', body }))
}

/** `allowed`, or the server's reason. */
function verdict({ status, body }: Answer): string {
  return status < 300 ? 'allowed' : String(Reflect.get(Object(body), 'message'))
}

let stamp = 0
function ending(phase: string): object {
  return { metadata: { annotations: { 'sidecar-reaper/completed': `now ${(stamp += 1)}` } }, status: { phase } }
}

// A policy is enforced a moment after it is there.
const probe = await pod()
await eventually(
  'the pin is enforced',
  () => patch(probe, { metadata: { labels: { probe: String((stamp += 1)) } } }),
  seen => /the reaper changes nothing of a pod's metadata/.test(seen),
)

t.test('the pin lets the reaper claim a pod and complete it as its mains earned', async t => {
  const allowed: Readonly<Record<string, readonly [PodOptions, object]>> = {
    'a claim': [{}, { metadata: { annotations: { 'sidecar-reaper/claim': '{}' } } }],
    'a claim on a pod whose main runs': [{ states: {} }, { metadata: { annotations: { 'sidecar-reaper/claim': '{}' } } }],
    Succeeded: [{}, ending('Succeeded')],
    'Succeeded under OnFailure': [{ restartPolicy: 'OnFailure' }, ending('Succeeded')],
    'Failed of a failed main': [{ states: { ...DONE, main: 1 } }, ending('Failed')],
    'a sidecar that never started': [
      { phase: 'Pending', states: { main: 0, proxy: { waiting: { reason: 'ImagePullBackOff' } } } },
      ending('Succeeded'),
    ],
    'a list with spaces': [{ metadata: { annotations: { 'sidecar-reaper/sidecars': 'x , proxy' } } }, ending('Succeeded')],
    'mains that are named': [{ metadata: { annotations: { 'sidecar-reaper/mains': 'main' } } }, ending('Succeeded')],
    'an older annotation': [{ metadata: { annotations: { 'nrmitchi.com/sidecars': 'proxy' } } }, ending('Succeeded')],
    "riskified's list of mains": [{ metadata: { annotations: { 'riskified.com/main_sidecars': 'main' } } }, ending('Succeeded')],
    'the setting sidecars': [
      { metadata: {}, containers: [{ name: 'main' }, { name: 'listed' }], states: { main: 0, listed: DONE.proxy } },
      ending('Succeeded'),
    ],
    'the setting mainLabel': [{ metadata: { labels: { main: 'main' } } }, ending('Succeeded')],
    'a mark of Argo, which is gone': [{ metadata: { annotations: { 'workflows.argoproj.io/kill-cmd-proxy': '[]' } } }, ending('Succeeded')],
    'a mark of Kruise, which is gone': [
      {
        metadata: {},
        containers: [{ name: 'main' }, { name: 'proxy', env: [{ name: 'KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT', value: 'true' }] }],
      },
      ending('Succeeded'),
    ],
    'the catalogue, by name and mark': [
      { ...istio({ image: 'x' }), metadata: { annotations: { 'sidecar.istio.io/status': '{}' } } },
      ending('Succeeded'),
    ],
    'the catalogue, by name and image': [
      { ...istio({ image: 'docker.io/istio/proxyv2:1.27@sha256:0' }), metadata: {} },
      ending('Succeeded'),
    ],
  }
  for (const [title, [given, body]] of Object.entries(allowed)) t.equal(await patch(await pod(given), body), 'allowed', title)
})

function istio(container: object): PodOptions {
  return { containers: [{ name: 'main' }, { name: 'istio-proxy', ...container }], states: { main: 0, 'istio-proxy': DONE.proxy } }
}

const METADATA = /the reaper changes nothing of a pod's metadata but its own two annotations/
const ANNOTATION = /the reaper changes no annotation but its own two/
const STATUS = /the reaper changes nothing of a pod's status but the phase/
const PHASE = /the reaper sets a phase only once every main has terminated for good/
const ALONE = /the reaper leaves kube-system, its own namespace, and what asks to be ignored alone/

t.test('the pin denies every other change of a pod', async t => {
  const denied: Readonly<Record<string, readonly [PodOptions, object, RegExp]>> = {
    'a new label': [{}, { metadata: { labels: { app: 'x' } } }, METADATA],
    'another label': [{ metadata: { labels: { app: 'x' } } }, { metadata: { labels: { app: 'y' } } }, METADATA],
    'a label less': [{ metadata: { labels: { app: 'x', b: 'c' } } }, { metadata: { labels: { app: null } } }, METADATA],
    'a finalizer': [{}, { metadata: { finalizers: ['example.com/x'] } }, METADATA],
    'a finalizer less': [{ metadata: { finalizers: ['example.com/x'] } }, { metadata: { finalizers: null } }, METADATA],
    'an annotation': [{}, { metadata: { annotations: { a: 'b' } } }, ANNOTATION],
    'another list of sidecars': [{}, { metadata: { annotations: { 'sidecar-reaper/sidecars': 'main' } } }, ANNOTATION],
    'the list of sidecars taken away': [{}, { metadata: { annotations: { 'sidecar-reaper/sidecars': null } } }, ANNOTATION],
    'the address': [{}, { status: { podIP: '10.0.0.2', podIPs: [{ ip: '10.0.0.2' }] } }, STATUS],
    'a condition': [{}, { status: { conditions: [{ type: 'Ready', status: 'True' }] } }, STATUS],
    'a reason': [{}, { status: { reason: 'x' } }, STATUS],
    'a message': [{}, { status: { message: 'x' } }, STATUS],
    'a start time': [{}, { status: { startTime: '2026-01-01T00:00:00Z' } }, STATUS],
    'the state of a container': [{ states: { main: {}, proxy: 0 } }, { status: { phase: 'Succeeded', containerStatuses: [] } }, STATUS],
    'the end of a main that runs': [{ states: { main: DONE.proxy, proxy: 0 } }, ending('Succeeded'), PHASE],
    'the end of a main without a status': [{ states: { proxy: 0 } }, ending('Succeeded'), PHASE],
    'success for a main that failed': [{ states: { ...DONE, main: 1 } }, ending('Succeeded'), PHASE],
    'failure for a main that did well': [{}, ending('Failed'), PHASE],
    'failure for a main that is tried again': [{ restartPolicy: 'OnFailure', states: { ...DONE, main: 1 } }, ending('Failed'), PHASE],
    'the end of what always restarts': [{ restartPolicy: 'Always' }, ending('Succeeded'), PHASE],
    'a phase that is no end': [{}, ending('Pending'), PHASE],
    'another end': [{ phase: 'Failed' }, ending('Succeeded'), PHASE],
    'the end of what nothing calls a sidecar': [{ metadata: {} }, ending('Succeeded'), PHASE],
    'the end of what two annotations call different things': [
      { metadata: { annotations: { ...NAMED, 'sidecar-reaper/mains': 'proxy' } } },
      ending('Succeeded'),
      PHASE,
    ],
    'the end of a pod of sidecars': [
      { metadata: { annotations: { 'sidecar-reaper/sidecars': 'main,proxy' } } },
      ending('Succeeded'),
      PHASE,
    ],
    'a sidecar named in the same request': [
      { metadata: { annotations: { a: 'b' } } },
      { metadata: { annotations: { ...NAMED, 'sidecar-reaper/completed': 'now' } }, status: { phase: 'Succeeded' } },
      ANNOTATION,
    ],
    'an older annotation beside ours': [
      { metadata: { annotations: { 'sidecar-reaper/sidecars': '', 'nrmitchi.com/sidecars': 'proxy' } } },
      ending('Succeeded'),
      PHASE,
    ],
    'the catalogue by its name alone': [{ ...istio({ image: 'x' }), metadata: {} }, ending('Succeeded'), PHASE],
    'the catalogue by another image': [{ ...istio({ image: 'evil.example/notistio/proxyv2' }), metadata: {} }, ending('Succeeded'), PHASE],
    'an image that hides its name in the digest': [
      { ...istio({ image: 'evil@/istio/proxyv2' }), metadata: {} },
      ending('Succeeded'),
      PHASE,
    ],
    'a pod that is to be ignored': [
      { metadata: { annotations: { ...NAMED, 'sidecar-reaper/ignore': 'true' } } },
      ending('Succeeded'),
      ALONE,
    ],
    "a pod in the reaper's namespace": [{ namespace: own }, ending('Succeeded'), ALONE],
  }
  for (const [title, [given, body, why]] of Object.entries(denied)) t.match(await patch(await pod(given), body), why, title)
})

t.test('the pin denies an end after which a restart rule starts the main again', async t => {
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }]
  const containers = [{ name: 'main', restartPolicy: 'Never', restartPolicyRules: rules }, { name: 'proxy' }]
  const path = await pod({ containers, states: { ...DONE, main: 42 } }).catch(() => undefined)
  const { spec } = path === undefined ? { spec: undefined } : await ask<{ spec: { containers: readonly object[] } }>(admin.api, path)
  if (path === undefined || !Reflect.has(spec?.containers[0] ?? {}, 'restartPolicyRules')) return t.pass('the server knows no such rules')
  t.match(await patch(path, ending('Failed')), PHASE)
  t.equal(await patch(await pod({ containers, states: { ...DONE, main: 1 } }), ending('Failed')), 'allowed')
})

const CONNECTED = /does not have a host assigned/

async function exec(argv: readonly string[], more: Readonly<Record<string, string>> = {}, path?: string): Promise<string> {
  const query = new URLSearchParams({ container: 'proxy', stdout: 'true', ...more })
  for (const word of argv) query.append('command', word)
  return verdict(await reaper(`${path ?? (await pod())}/exec?${query.toString()}`, { method: 'POST' }))
}

t.test('the pin lets the reaper run the commands that end a sidecar, and no others', async t => {
  const allowed = [
    ['kill', '-TERM', '1'],
    ['kill', '-RTMIN+3', '4711'],
    ['sh', '-c', 'kill -QUIT 1'],
    LIST_PROCESSES,
    ['pilot-agent', 'request', 'POST', 'quitquitquit'],
    ['/cloud-sql-proxy', 'shutdown', '--admin-port', '9091'],
  ]
  for (const argv of allowed) t.match(await exec(argv), CONNECTED, argv.join(' ').slice(0, 60))
  const denied = [
    ['ls'],
    ['kill', '-KILL', '1'],
    ['kill', '-STOP', '1'],
    ['kill', '-TERM', '-1'],
    ['kill', '-TERM', '1', '2'],
    ['sh', '-c', 'kill -TERM 1; id'],
    ['sh', '-c', 'kill -TERM 1\nid'],
    ['sh', '-c', 'id', 'kill -TERM 1'],
    [...LIST_PROCESSES, '/etc'],
    ['pilot-agent', 'request', 'POST', 'drain_listeners'],
    ['/cloud-sql-proxy', 'shutdown', '--admin-port', '9091;id'],
    ['/cloud-sql-proxy'],
    [],
  ]
  for (const argv of denied) t.match(await exec(argv), /the reaper runs nothing but the commands that end a known sidecar/, argv.join(' '))
})

t.test('the pin denies a command with standard input or a terminal, and every command where the reaper has no business', async t => {
  const kill = ['kill', '-TERM', '1']
  for (const more of [{ stdin: 'true' }, { tty: 'true' }]) t.match(await exec(kill, more), /without standard input and without a terminal/)
  t.match(await exec(kill, {}, await pod({ namespace: own })), /the reaper leaves kube-system and its own namespace alone/)
})

t.test('the pin is for the reaper alone', async t => {
  const body = { metadata: { labels: { app: 'x' } } }
  const { status } = await admin.api(`${await pod()}/status`, { method: 'PATCH', body, contentType: 'application/merge-patch+json' })
  t.equal(status, 200)
})
