import t from 'tap'
import type { Policy } from '../../runtime/policy.ts'
import type { Container, Pod } from '../../runtime/pod.ts'
import type { ContainerVerdict, Way } from '../../runtime/verdict.ts'
import { builtInRows } from '../../scripts/policy/artifacts.ts'
import { AROUND, policyOf } from './committed.ts'

// What the compiled policy makes of our rows: who is recognised, and what is read from the container.

const NOW = new Date('2026-11-24T03:10:00Z')
// Without complete, and with dirty exits allowed, every way that is to be had is offered.
const policy = await policyOf({ mode: 'enforce', ways: ['exec', 'http', 'signal'], onDirtyExit: 'end' })

type Named = Container & { readonly name: string }

interface Given {
  readonly annotations?: Readonly<Record<string, string>>
  readonly labels?: Readonly<Record<string, string>>
  readonly namespaceLabels?: Readonly<Record<string, string>>
}

/** What becomes of this container beside a main that succeeded five minutes ago. */
function judged(
  container: Named,
  { annotations = {}, labels = {}, namespaceLabels = {} }: Given = {},
  by: Policy = policy,
): ContainerVerdict | undefined {
  const pod: Pod = {
    metadata: {
      name: 'job-1',
      namespace: 'team-a',
      annotations,
      labels,
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'job', controller: true }],
    },
    spec: { restartPolicy: 'Never', nodeName: 'n', containers: [{ name: 'worker', image: 'acme/worker' }, container] },
    status: {
      phase: 'Running',
      containerStatuses: [
        { name: 'worker', containerID: 'x://w', state: { terminated: { exitCode: 0, finishedAt: '2026-11-24T03:05:00Z' } } },
        { name: container.name, containerID: 'x://s', state: { running: {} } },
      ],
    },
  }
  const around = { ...AROUND, namespace: { name: 'team-a', labels: namespaceLabels } }
  return by.verdict(by.facts(pod), around, NOW).containers.find(({ name }) => name === container.name)
}

t.test('each row is recognised by its name with any of its images or marks, and by no name alone', async t => {
  for (const [id, { names, prefixes, images, marks }] of Object.entries(await builtInRows())) {
    const all = [...names, ...prefixes.map(prefix => `${prefix}a`)]
    for (const name of all) {
      t.equal(judged({ name, image: 'acme/other:1' })?.role, 'main', `${id}: ${name} alone`)
      for (const image of images)
        t.equal(judged({ name, image: `mirror.example:5000/x/${image}:1.2@sha256:ab` })?.role, 'sidecar', `${id}: ${name}, ${image}`)
      for (const mark of marks) {
        const given =
          'annotation' in mark
            ? { annotations: { [mark.annotation]: mark.value ?? '{}' } }
            : 'label' in mark
              ? { labels: { [mark.label]: mark.value ?? 'x' } }
              : { namespaceLabels: { [mark.namespaceLabel]: mark.value ?? 'x' } }
        t.equal(judged({ name, image: 'acme/other:1' }, given)?.role, 'sidecar', `${id}: ${name}, ${JSON.stringify(mark)}`)
      }
    }
  }
})

const csql: Named = { name: 'cloud-sql-proxy', image: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0' }
const operated: Named = { ...csql, name: 'csql-team-a-db' }
const alloydb: Named = { name: 'alloydb-auth-proxy', image: 'gcr.io/alloydb-connectors/alloydb-auth-proxy:1.17.2' }
const istio: Named = { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.27.0' }
const vault: Named = { name: 'vault-agent', image: 'hashicorp/vault:1.21.1' }
const consul: Named = { name: 'consul-dataplane-web', image: 'hashicorp/consul-dataplane:1.8.2' }
const linkerd: Named = { name: 'linkerd-proxy', image: 'cr.l5d.io/linkerd/proxy:2.20' }
const dapr: Named = { name: 'daprd', image: 'daprio/daprd:1.18.0' }
const mesh: Named = { name: 'envoy', image: '840364872350.dkr.ecr.us-west-2.amazonaws.com/aws-appmesh-envoy:v1.29.9.0-prod' }

const variables = (env: Readonly<Record<string, string>>) => ({ env: Object.entries(env).map(([name, value]) => ({ name, value })) })

const statusPort = 'status.sidecar.istio.io/port'
const vaultQuit = 'vault.hashicorp.com/agent-enable-quit'

const ISTIO_WAYS = [
  'pilot-agent request --debug-port=15020 POST quitquitquit → 0',
  'pilot-agent request POST quitquitquit → 0',
  'POST 15020/quitquitquit → 0',
  'TERM → 0',
]

// The ways as a person would write them: what is done, an arrow, and the exit code or a question mark.
const cases: readonly (readonly [what: string, container: Named, ways: readonly string[], given?: Given])[] = [
  ['no flag', csql, ['TERM → 143']],
  ['a clean exit', { ...csql, args: ['p:r:i', '--exit-zero-on-sigterm'] }, ['TERM → 0']],
  ['a clean exit, said twice', { ...csql, args: ['--exit-zero-on-sigterm', '-exit-zero-on-sigterm=False'] }, ['TERM → 143']],
  [
    'a flag before its env',
    { ...csql, args: ['--exit-zero-on-sigterm=0'], ...variables({ CSQL_PROXY_EXIT_ZERO_ON_SIGTERM: 'true' }) },
    ['TERM → 143'],
  ],
  ['env from elsewhere', { ...csql, envFrom: [{}] }, ['TERM → ?']],
  [
    'a quit endpoint',
    { ...csql, command: ['/cloud-sql-proxy', '--quitquitquit'], args: ['p:r:i'] },
    ['/cloud-sql-proxy shutdown --admin-port 9091 → 0', 'POST 9091/quitquitquit → 0', 'TERM → 143'],
  ],
  [
    'a quit endpoint on another port',
    { ...csql, args: ['--quitquitquit', '--admin-port', '9192', 'p:r:i'] },
    ['/cloud-sql-proxy shutdown --admin-port 9192 → 0', 'POST 9192/quitquitquit → 0', 'TERM → 143'],
  ],
  ['a quit endpoint that is off', { ...csql, args: ['--quitquitquit=false'] }, ['TERM → 143']],
  [
    'a delay that may end in 1',
    { ...csql, args: ['--quitquitquit', '--exit-zero-on-sigterm', '--max-sigterm-delay', '30s'] },
    ['/cloud-sql-proxy shutdown --admin-port 9091 → ?', 'POST 9091/quitquitquit → ?', 'TERM → ?'],
  ],
  ['a configuration file', { ...csql, args: ['--config-file=/etc/proxy.toml'] }, ['TERM → ?']],
  [
    'the operator, all by env',
    {
      ...operated,
      ...variables({ CSQL_PROXY_QUITQUITQUIT: 'true', CSQL_PROXY_ADMIN_PORT: '9095', CSQL_PROXY_EXIT_ZERO_ON_SIGTERM: 'true' }),
    },
    ['/cloud-sql-proxy shutdown --admin-port 9095 → 0', 'POST 9095/quitquitquit → 0', 'TERM → 0'],
  ],
  ['a shell', { ...csql, command: ['sh', '-c', 'exec /cloud-sql-proxy --max-sigterm-delay=5s', '--exit-zero-on-sigterm'] }, ['TERM → ?']],
  ['a shell in its arguments', { ...csql, args: ['/bin/sh', '-c', '/cloud-sql-proxy', '--exit-zero-on-sigterm'] }, ['TERM → ?']],
  ['another program', { ...csql, command: ['/wrap', '--exit-zero-on-sigterm'] }, ['TERM → ?']],
  ['an option that is filled in', { ...csql, args: ['--exit-zero-on-sigterm', '$(MORE)'] }, ['TERM → ?']],
  ['an instance that is filled in', { ...csql, args: ['--exit-zero-on-sigterm', '--', '$(INSTANCE)'] }, ['TERM → 0']],
  ['what is no option', { ...csql, args: ['--', '--exit-zero-on-sigterm'] }, ['TERM → 143']],
  ['a mounted bucket', { ...csql, args: ['--exit-zero-on-sigterm', '--fuse', '/mnt'] }, ['TERM → ?']],
  [
    'a port between command and args',
    { ...csql, command: ['/cloud-sql-proxy', '--quitquitquit', '--admin-port'], args: ['9192', 'p:r:i'] },
    ['/cloud-sql-proxy shutdown --admin-port 9192 → 0', 'POST 9192/quitquitquit → 0', 'TERM → 143'],
  ],
  ['a port with a zero before it', { ...csql, args: ['--quitquitquit', '--admin-port=09091'] }, ['TERM → 143']],
  ['its flag is another', { ...alloydb, args: ['--exit-zero-on-sigterm'] }, ['TERM → 143']],
  ['its own flag', { ...alloydb, args: ['--exit-zero-sigterm'] }, ['TERM → 0']],
  ['as it comes', istio, ISTIO_WAYS],
  ['no status port', istio, ['pilot-agent request POST quitquitquit → 0', 'TERM → 0'], { annotations: { [statusPort]: '0' } }],
  [
    'another status port',
    istio,
    ['pilot-agent request POST quitquitquit → 0', 'POST 15999/quitquitquit → 0', 'TERM → 0'],
    { annotations: { [statusPort]: '15999' } },
  ],
  ['an injector that says nothing', linkerd, ['POST 4191/shutdown → 0', 'TERM → 0']],
  ['its endpoint off', { ...linkerd, ...variables({ LINKERD2_PROXY_SHUTDOWN_ENDPOINT_ENABLED: 'false' }) }, ['TERM → 0']],
  ['another admin port', linkerd, ['POST 4999/shutdown → 0', 'TERM → 0'], { annotations: { 'config.linkerd.io/admin-port': '4999' } }],
  ['no quit', vault, ['TERM → 0']],
  [
    "its injector's shell",
    { ...vault, command: ['/bin/sh', '-ec'], args: ['echo ${VAULT_CONFIG?} | base64 -d > /home/vault/config.json && vault agent'] },
    ['TERM → 0'],
    { annotations: { 'vault.hashicorp.com/agent-inject-status': 'injected' } },
  ],
  [
    'a shell of its injector that was patched',
    { ...vault, command: ['/bin/sh', '-ec'], args: ['vault agent; exit 3'] },
    ['TERM → ?'],
    { annotations: { 'vault.hashicorp.com/agent-inject-status': 'injected', 'vault.hashicorp.com/agent-json-patch': '[]' } },
  ],
  ['its own script', { name: 'envoy', image: 'envoyproxy/envoy:1', args: ['/etc/envoy/start.sh'] }, ['TERM → ?']],
  ['its own program', { name: 'envoy', image: 'envoyproxy/envoy:1', args: ['envoy', '-c', '/e.yaml'] }, ['TERM → 0']],
  ["a shell of the user's own", { ...vault, command: ['sh', '-c'], args: ['vault agent; exit 1'] }, ['TERM → ?']],
  ['quit', vault, ['POST 8200/agent/v1/quit → 0', 'TERM → ?'], { annotations: { [vaultQuit]: 'true' } }],
  [
    'quit on another port',
    vault,
    ['POST 8201/agent/v1/quit → 0', 'TERM → ?'],
    { annotations: { [vaultQuit]: '1', 'vault.hashicorp.com/agent-cache-listener-port': '8201' } },
  ],
  [
    "quit, but the user's own file",
    vault,
    ['TERM → ?'],
    { annotations: { [vaultQuit]: 'true', 'vault.hashicorp.com/agent-configmap': 'x' } },
  ],
  ['no lifecycle', consul, ['TERM → ?']],
  ['its lifecycle', { ...consul, args: ['-graceful-port=20600'] }, ['POST 20600/graceful_shutdown → ?', 'TERM → ?']],
  ['a domain that is filled in', { ...istio, args: ['proxy', '--domain', '$(POD_NAMESPACE).svc'] }, ISTIO_WAYS],
  [
    'a trap around it',
    { ...istio, command: ['bash', '-c', 'trap "exit 5" TERM; pilot-agent proxy'] },
    ISTIO_WAYS.map(way => way.replace('→ 0', '→ ?')),
  ],
  ['another path', { ...consul, args: ['-graceful-port=20600', '-graceful-shutdown-path=/bye'] }, ['TERM → ?']],
  ['as it comes', dapr, ['POST 3500/v1.0/shutdown → ?', 'TERM → ?']],
  ['another port', { ...dapr, args: ['/daprd', '--dapr-http-port', '3501'] }, ['POST 3501/v1.0/shutdown → ?', 'TERM → ?']],
  ['an API token', dapr, ['TERM → ?'], { annotations: { 'dapr.io/api-token-secret': 'token' } }],
  ['an admin port by env', { ...mesh, ...variables({ ENVOY_ADMIN_ACCESS_PORT: '9902' }) }, ['POST 9902/quitquitquit → ?', 'TERM → ?']],
]

t.test('the image tells how a container ends that the mark of another row makes a sidecar', async t => {
  const given = { labels: { 'sidecar.opentelemetry.io/injected': 'x' } }
  t.strictSame(judged({ name: 'otel-collector', image: 'quay.io/signalfx/splunk-otel-collector:1' }, given)?.ways.map(wayText), [
    'TERM → ?',
  ])
  t.strictSame(judged({ name: 'otel-collector', image: 'amazon/aws-otel-collector:1' }, given)?.ways.map(wayText), ['TERM → ?'])
  t.strictSame(judged({ name: 'otel-collector', image: 'mirror/otelcol:1' }, given)?.role, 'sidecar')
})

t.test('a row of the settings is recognised before ours', async t => {
  const ways = [{ way: 'signal', signal: 'TERM', exit: 1 }]
  const catalogue = {
    corp: { title: 'Ours', names: ['envoy'], images: ['registry.corp/envoyproxy/envoy'], ways },
    'corp-sql': { title: 'Ours', prefixes: ['cloud-sql'], images: ['corp/cloud-sql'], ways },
  }
  const theirs = await policyOf({ mode: 'enforce', ways: ['signal'], onDirtyExit: 'end', catalogue })
  const told = (container: Named) => judged(container, {}, theirs)?.ways.map(wayText)
  t.strictSame(told({ name: 'envoy', image: 'registry.corp/envoyproxy/envoy:1' }), ['TERM → 1'])
  t.strictSame(told({ name: 'envoy', image: 'docker.io/envoyproxy/envoy:1' }), ['TERM → 0'])
  t.strictSame(told({ name: 'cloud-sql-proxy', image: 'corp/cloud-sql:1' }), ['TERM → 1'])
})

t.test('the options of a sidecar decide what it is told', async t => {
  for (const [what, container, ways, given] of cases)
    t.strictSame(judged(container, given)?.ways.map(wayText), ways, `${container.name}: ${what}`)
})

function wayText(way: Way): string {
  const exit = way.exit ?? '?'
  switch (way.way) {
    case 'exec':
      return `${way.argv.join(' ')} → ${exit}`
    case 'http':
      return `${way.method} ${way.port}${way.path} → ${exit}`
    case 'signal':
      return `${way.signal} → ${exit}`
  }
}
