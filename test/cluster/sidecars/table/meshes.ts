import { byComplete, byCompleteWithoutKill, byExec, byHttp, bySignal, noWay, withoutKill, type Sidecar } from '../sidecar.ts'

function istio(title: string, statusPort: number, annotations: Record<string, string>, ends: Sidecar['ends']): Sidecar {
  const proxyConfig = { statusPort, controlPlaneAuthPolicy: 'NONE', discoveryAddress: 'istiod.istio-system.svc:15010' }
  const field = (fieldPath: string) => ({ valueFrom: { fieldRef: { fieldPath } } })
  return {
    row: 'istio',
    title,
    proof: 'program',
    container: {
      name: 'istio-proxy',
      image: 'docker.io/istio/proxyv2:1.29.0',
      args: [
        'proxy',
        'sidecar',
        '--domain',
        '$(POD_NAMESPACE).svc.cluster.local',
        '--proxyLogLevel=warning',
        '--log_output_level=default:info',
      ],
      env: [
        // There is no istiod: it is asked for in vain, as in a cluster that has just lost it, and Envoy runs all the same.
        { name: 'PROXY_CONFIG', value: JSON.stringify(proxyConfig) },
        { name: 'CA_ADDR', value: 'istiod.istio-system.svc:15010' },
        { name: 'PILOT_CERT_PROVIDER', value: 'none' },
        { name: 'POD_NAME', ...field('metadata.name') },
        { name: 'POD_NAMESPACE', ...field('metadata.namespace') },
        { name: 'INSTANCE_IP', ...field('status.podIP') },
        { name: 'HOST_IP', ...field('status.hostIP') },
        { name: 'ISTIO_META_CLUSTER_ID', value: 'Kubernetes' },
      ],
    },
    annotations: { 'sidecar.istio.io/status': '{"containers":["istio-proxy"]}', ...annotations },
    ports: [15000, statusPort],
    graceSeconds: 15,
    ends,
  }
}

const bootstrap = JSON.stringify({
  admin: { address: { socket_address: { address: '127.0.0.1', port_value: 9901 } } },
  static_resources: { listeners: [], clusters: [] },
})

const envoy = {
  row: 'envoy',
  proof: 'program',
  files: { '/etc/envoy/envoy.json': bootstrap },
  ports: [9901],
} as const

const envoyContainer = { name: 'envoy', args: ['--config-path', '/etc/envoy/envoy.json'] }

// Standalone, for there is no control plane.
const daprd = ['/daprd', '--mode', 'standalone', '--app-id', 'worker', '--enable-metrics=false']

const dapr: Sidecar = {
  row: 'dapr',
  title: 'as its injector writes it',
  proof: 'program',
  ports: [3600],
  container: {
    name: 'daprd',
    image: 'docker.io/daprio/daprd:1.14.0',
    args: [...daprd, '--dapr-http-port', '3600', '--dapr-grpc-port', '50001', '--dapr-public-port', '3501'],
  },
  labels: { 'dapr.io/sidecar-injected': 'true' },
  // Listed, because its row leaves the exit codes open.
  annotations: { 'sidecar-reaper/sidecars': 'daprd' },
  ends: { all: byComplete, exec: noWay, http: byHttp, signal: withoutKill, complete: byComplete },
}

const linkerd: Sidecar = {
  row: 'linkerd',
  title: 'with its shutdown endpoint',
  proof: 'protocol',
  ports: [4191],
  container: {
    name: 'linkerd-proxy',
    image: 'cr.l5d.io/linkerd/proxy:edge-26.5.1',
    env: [
      { name: 'STAND_IN_LISTEN', value: '0.0.0.0:4191' },
      { name: 'STAND_IN_QUIT', value: 'POST /shutdown' },
      { name: 'STAND_IN_LOOPBACK', value: 'yes' },
      { name: 'LINKERD2_PROXY_SHUTDOWN_ENDPOINT_ENABLED', value: 'true' },
    ],
  },
  annotations: { 'linkerd.io/proxy-version': 'edge-26.5.1' },
  labels: { 'linkerd.io/control-plane-ns': 'linkerd' },
  ends: { all: byHttp, exec: noWay, http: byHttp, signal: withoutKill, complete: byComplete },
}

/** Its environment without those variables, and with others. */
function withEnv(
  sidecar: Sidecar,
  without: readonly string[],
  more: readonly { name: string; value: string }[] = [],
): Sidecar['container'] {
  const env = sidecar.container['env'] as readonly { name: string }[] // of the ones above
  return { ...sidecar.container, env: [...env.filter(({ name }) => !without.includes(name)), ...more] }
}

const enabled = 'LINKERD2_PROXY_SHUTDOWN_ENDPOINT_ENABLED'
const isOff = { name: 'STAND_IN_OFF', value: '404' }

/** Proxies that are the network of their pod. */
export const meshes: readonly Sidecar[] = [
  istio('as its injector writes it', 15020, {}, { all: byExec, exec: byExec, http: byHttp, signal: bySignal, complete: byComplete }),
  istio('with another status port', 15321, { 'status.sidecar.istio.io/port': '15321' }, { exec: byExec, http: byHttp }),
  {
    ...envoy,
    title: 'without a shell',
    container: { ...envoyContainer, image: 'docker.io/envoyproxy/envoy:distroless-v1.40.0' },
    ends: { all: byCompleteWithoutKill, exec: noWay, http: noWay, signal: withoutKill, complete: byComplete },
  },
  {
    ...envoy,
    title: 'with a shell',
    container: { ...envoyContainer, image: 'docker.io/envoyproxy/envoy:v1.40.0' },
    ends: { all: bySignal, signal: bySignal },
  },
  dapr,
  {
    ...dapr,
    title: 'with its own ports',
    ports: [3500],
    container: { ...dapr.container, args: daprd },
    ends: { http: byHttp },
  },
  {
    ...dapr,
    title: 'with an API token',
    container: { ...dapr.container, env: [{ name: 'DAPR_API_TOKEN', value: 'token' }] },
    ends: { all: byComplete, http: noWay, complete: byComplete },
  },
  linkerd,
  {
    ...linkerd,
    title: 'of an injector that writes nothing of the endpoint',
    container: withEnv(linkerd, [enabled]),
    ends: { http: byHttp },
  },
  {
    ...linkerd,
    title: 'with its shutdown endpoint off',
    container: withEnv(linkerd, [enabled], [{ name: enabled, value: 'false' }, isOff]),
    ends: { all: byCompleteWithoutKill, http: noWay, complete: byComplete },
  },
  {
    ...linkerd,
    title: 'whose endpoint turns out to be off',
    container: withEnv(linkerd, [], [isOff]),
    ends: {
      all: { by: 'complete', afterTrying: [/^http linkerd-proxy: .*404/, /^signal linkerd-proxy: .*(not found|no such file)/] },
      http: { failsBy: /^http linkerd-proxy: .*404/ },
    },
  },
  {
    row: 'consul',
    title: 'with its lifecycle enabled',
    proof: 'protocol',
    ports: [20600],
    container: {
      name: 'consul-dataplane',
      image: 'docker.io/hashicorp/consul-dataplane:1.8.2',
      args: ['-graceful-port=20600', '-graceful-shutdown-path=/graceful_shutdown'],
      env: [
        { name: 'STAND_IN_LISTEN', value: '127.0.0.1:20600' },
        { name: 'STAND_IN_QUIT', value: '* /graceful_shutdown' },
      ],
    },
    // Listed, because its row knows no exit code.
    annotations: { 'consul.hashicorp.com/connect-inject-status': 'injected', 'sidecar-reaper/sidecars': 'consul-dataplane' },
    ends: { all: byComplete, exec: noWay, http: byHttp, complete: byComplete },
  },
]
