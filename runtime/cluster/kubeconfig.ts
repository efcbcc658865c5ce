import { accessSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
// The package's index would load every generated API class.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { ClusterError } from '../cluster.ts'
import { printable } from '../printable.ts'
import { readKubeConfig, type User } from './kubeconfig-file.ts'

export interface KubeConfigOptions {
  /** The only file to read; without it those of KUBECONFIG, else ~/.kube/config, else the ServiceAccount of this pod. */
  readonly kubeconfig?: string | undefined
  /** Default: the first current-context of the files. */
  readonly context?: string | undefined
  /** Default: the process's own. */
  readonly env?: NodeJS.ProcessEnv
  /** Where a pod's /var is mounted; default the root. */
  readonly root?: string
}

/** One cluster, one user, and where we have them from. */
export interface Access {
  readonly kubeConfig: KubeConfig
  /** Without a slash at its end; it may have a path. */
  readonly server: string
  readonly source: string
  readonly namespace: string
}

/** What kubectl would use; throws ClusterError `config`, naming the file. */
export function loadAccess({ kubeconfig, context, env = process.env, root = '' }: KubeConfigOptions): Access {
  const listed = env['KUBECONFIG']?.split(delimiter).filter(path => path !== '') ?? []
  const home = join(env['HOME'] || homedir(), '.kube', 'config')
  const paths = kubeconfig === undefined ? (listed.length > 0 ? listed : [home]).filter(exists) : [kubeconfig]
  const merged = mergedFiles(paths)
  if (merged.contexts.length > 0) return chosenAccess(merged, context, `kubeconfig ${paths.join(delimiter)}`)
  const token = join(root, '/var/run/secrets/kubernetes.io/serviceaccount/token')
  if (paths.length === 0 && context === undefined && env['KUBERNETES_SERVICE_HOST'] && exists(token)) {
    merged.loadFromCluster(root)
    return chosenAccess(merged, undefined, 'the ServiceAccount of this pod')
  }
  if (paths.length > 0) throw new ClusterError('config', `Cannot use kubeconfig ${paths.join(delimiter)}: it has no context`)
  const looked =
    listed.length > 0
      ? `KUBECONFIG names ${listed.join(delimiter)}, which does not exist`
      : `no kubeconfig at ${home}, KUBECONFIG is not set`
  throw new ClusterError(
    'config',
    `No cluster to talk to: ${looked}, and this is no pod with a ServiceAccount token; pass --kubeconfig FILE or set KUBECONFIG`,
  )
}

// loadFromDefault differs from kubectl: of several files the last current-context would win, equal names and absent
// files would throw, and no file at all would mean http://localhost:8080.
function mergedFiles(paths: readonly string[]): KubeConfig {
  const merged = new KubeConfig()
  for (const path of paths) {
    const file = readKubeConfig(path)
    merged.currentContext ||= file.currentContext
    merged.clusters = union(merged.clusters, file.clusters)
    merged.users = union(merged.users, file.users)
    merged.contexts = union(merged.contexts, file.contexts)
  }
  return merged
}

function union<T extends { readonly name: string }>(first: readonly T[], more: readonly T[]): T[] {
  return [...first, ...more.filter(({ name }) => !first.some(known => known.name === name))]
}

function chosenAccess(config: KubeConfig, wanted: string | undefined, from: string): Access {
  const name = wanted ?? config.currentContext
  const known = `it has ${printable(config.contexts.map(context => context.name).join(', '))}`
  const fail = (found: string): ClusterError => new ClusterError('config', `Cannot use ${from}: ${found}`)
  if (!name) throw fail(`it names no current context, ${known}; pass --context NAME`)
  const context = config.contexts.find(context => context.name === name)
  if (context === undefined) throw fail(`there is no context ${printable(name)}, ${known}`)
  const cluster = config.clusters.find(cluster => cluster.name === context.cluster)
  if (cluster === undefined) throw fail(`context ${printable(name)} names cluster ${printable(context.cluster)}, which is not there`)
  const user = config.users.find(user => user.name === context.user)
  if (user === undefined && context.user) throw fail(`context ${printable(name)} names user ${printable(context.user)}, who is not there`)
  const { server } = cluster
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? ''))
    throw fail(`cluster ${printable(cluster.name)} has the server ${printable(server)}, expected an address with https://`)
  const isOpen = server.startsWith('http:') && !cluster.skipTLSVerify
  const kubeConfig = new KubeConfig()
  // Without a user client-node would skip the certificate authority, and over plain HTTP it works only with
  // insecure-skip-tls-verify. Where that is not set we show no credentials there; kubectl never does.
  kubeConfig.loadFromClusterAndUser(
    isOpen ? { ...cluster, skipTLSVerify: true } : cluster,
    isOpen || !user ? { name: 'nobody' } : withExecInfo(user, cluster),
  )
  const source = wanted === undefined && from.startsWith('the ') ? from : `${from}, context ${printable(name)}`
  return { kubeConfig, server: server.replace(/\/+$/, ''), source, namespace: context.namespace?.trim() || 'default' }
}

// client-node does not set KUBERNETES_EXEC_INFO, by which a credential plugin learns the version it should answer in.
function withExecInfo(user: User, cluster: KubeConfig['clusters'][number]): User {
  if (!user.exec) return user
  const data = {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTLSVerify,
    'certificate-authority-data': cluster.caData,
    'proxy-url': cluster.proxyUrl,
  }
  const spec = { interactive: false, ...(user.exec.provideClusterInfo === true ? { cluster: data } : {}) }
  const info = JSON.stringify({ kind: 'ExecCredential', apiVersion: user.exec.apiVersion, spec })
  return { ...user, exec: { ...user.exec, env: [...(user.exec.env ?? []), { name: 'KUBERNETES_EXEC_INFO', value: info }] } }
}

function exists(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}
