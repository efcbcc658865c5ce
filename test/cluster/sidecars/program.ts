/** One real sidecar program, or a stand-in that speaks its protocol, and the images that hold nothing else. */
export type Program = Readonly<{
  name: string
  version: string
  /** By their vendors' names, by which the catalogue knows a sidecar. */
  images: readonly Readonly<{ name: string; /** Its vendor's has one. */ hasShell?: boolean }>[]
  parts: readonly Part[]
  entrypoint?: [string, ...string[]]
}>

/** One program file of an image, and where it comes from. */
export type Part = Readonly<{ path: string } & Origin>

export type Origin =
  /** A Go module pinned in programs/<module>; `package` is its main package. */
  | { kind: 'go'; module: string; package: string; edit?: Edit }
  /** A file of a Python wheel pinned in programs/<wheel>/requirements.txt. */
  | { kind: 'wheel'; wheel: string; file: string }
  /** A file of a Debian package. */
  | { kind: 'debian'; package: string; file: string }
  /** One of our C programs in test/cluster/images. */
  | { kind: 'c'; source: string }
  /** A file of ours in programs/, or of a Go module pinned there. */
  | { kind: 'file'; module: string; of: string; file: string }

/** A file of a dependency that is built with another text. */
export type Edit = Readonly<{ of: string; file: string; text: string }>

const envoy: Part = { path: '/usr/local/bin/envoy', kind: 'wheel', wheel: 'envoy', file: 'envoy/_bin/envoy' }

/** Every program. A new one needs an entry here, its pinned module in programs/, and its cases in table.ts. */
export const programs: readonly Program[] = [
  {
    name: 'cloud-sql-proxy',
    version: '2.27.0',
    images: [
      { name: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0' },
      { name: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0-alpine', hasShell: true },
    ],
    parts: [go('/cloud-sql-proxy', 'cloud-sql-proxy', 'github.com/GoogleCloudPlatform/cloud-sql-proxy/v2')],
    entrypoint: ['/cloud-sql-proxy'],
  },
  {
    name: 'alloydb-auth-proxy',
    version: '1.17.1',
    images: [
      { name: 'gcr.io/alloydb-connectors/alloydb-auth-proxy:1.17.1' },
      { name: 'gcr.io/alloydb-connectors/alloydb-auth-proxy:1.17.1-alpine', hasShell: true },
    ],
    parts: [go('/alloydb-auth-proxy', 'alloydb-auth-proxy', 'github.com/GoogleCloudPlatform/alloydb-auth-proxy')],
    entrypoint: ['/alloydb-auth-proxy'],
  },
  {
    name: 'envoy',
    version: '1.40.0',
    images: [{ name: 'docker.io/envoyproxy/envoy:distroless-v1.40.0' }, { name: 'docker.io/envoyproxy/envoy:v1.40.0', hasShell: true }],
    parts: [envoy],
    entrypoint: ['/usr/local/bin/envoy'],
  },
  {
    name: 'istio-proxy',
    version: 'eed52ebb66ad',
    images: [{ name: 'docker.io/istio/proxyv2:1.29.0', hasShell: true }],
    parts: [
      go('/usr/local/bin/pilot-agent', 'pilot-agent', 'istio.io/istio/pilot/cmd/pilot-agent'),
      {
        path: '/var/lib/istio/envoy/envoy_bootstrap_tmpl.json',
        kind: 'file',
        module: 'pilot-agent',
        of: 'istio.io/istio',
        file: 'tools/packaging/common/envoy_bootstrap.json',
      },
      envoy,
    ],
    entrypoint: ['/usr/local/bin/pilot-agent'],
  },
  {
    name: 'daprd',
    version: '1.14.0',
    images: [{ name: 'docker.io/daprio/daprd:1.14.0' }],
    parts: [
      {
        ...go('/daprd', 'daprd', '.'),
        // Of itself it panics where no set of components is chosen, and each set takes many times as long to build.
        edit: { of: 'github.com/dapr/dapr', file: 'cmd/daprd/components/zz_notag.go', text: 'package components\n' },
      },
    ],
  },
  {
    name: 'otelcol',
    version: '0.165.0',
    images: [{ name: 'docker.io/otel/opentelemetry-collector:0.165.0' }],
    parts: [go('/otelcol', 'otelcol', '.')],
    entrypoint: ['/otelcol'],
  },
  {
    name: 'oauth2-proxy',
    version: '7.15.4',
    images: [
      { name: 'quay.io/oauth2-proxy/oauth2-proxy:v7.15.4' },
      { name: 'quay.io/oauth2-proxy/oauth2-proxy:v7.15.4-alpine', hasShell: true },
    ],
    parts: [go('/bin/oauth2-proxy', 'oauth2-proxy', 'github.com/oauth2-proxy/oauth2-proxy/v7')],
    entrypoint: ['/bin/oauth2-proxy'],
  },
  {
    name: 'pgbouncer',
    version: '1.18.0',
    images: [{ name: 'docker.io/edoburu/pgbouncer:v1.18.0-p0', hasShell: true }],
    parts: [{ path: '/usr/bin/pgbouncer', kind: 'debian', package: 'pgbouncer', file: '/usr/sbin/pgbouncer' }],
    entrypoint: ['/usr/bin/pgbouncer'],
  },
  {
    // Its module is not to be had; that it is a Go program without a handler is all that counts.
    name: 'configmap-reload',
    version: '0.15.0',
    images: [{ name: 'docker.io/jimmidyson/configmap-reload:v0.15.0' }],
    parts: [go('/configmap-reload', 'configmap-reload', '.')],
    entrypoint: ['/configmap-reload'],
  },
  {
    name: 'alpine',
    version: '3.24.2',
    images: [{ name: 'docker.io/library/alpine:3.24.2', hasShell: true }],
    parts: [],
  },
  {
    name: 'stand-in',
    version: '1',
    images: [
      { name: 'cr.l5d.io/linkerd/proxy:edge-26.5.1' },
      { name: 'docker.io/hashicorp/consul-dataplane:1.8.2' },
      { name: 'docker.io/hashicorp/vault:1.21.4', hasShell: true },
    ],
    parts: [{ path: '/usr/local/bin/stand-in', kind: 'c', source: 'stand-in' }],
    entrypoint: ['/usr/local/bin/stand-in'],
  },
]

function go(path: string, module: string, mainPackage: string): Part & { kind: 'go' } {
  return { path, kind: 'go', module, package: mainPackage }
}
