import { accessSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
// The package's index would load every generated API class.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { ClusterError } from '../cluster.ts'
import { printable } from '../printable.ts'
import { type Cluster, type KubeConfigFile, readKubeConfig, type User } from './kubeconfig-file.ts'

export interface KubeConfigOptions {
  /** The only file to read; without it those of KUBECONFIG, else ~/.kube/config, else the ServiceAccount of this pod. */
  readonly kubeconfig?: string | undefined
  /** Default: the first current-context of the files. */
  readonly context?: string | undefined
  /** Whom to act as, in place of whom the user of the kubeconfig acts as. */
  readonly as?: string | undefined
  /** Default: the process's own. */
  readonly env?: NodeJS.ProcessEnv
  /** Where a pod's /var is mounted; default the root. */
  readonly root?: string
}

/** One cluster, one user, and where we have them from. */
export interface Access {
  readonly cluster: Cluster
  readonly user: User
  /** Without a slash at its end; it may have a path. Its scheme is in lower case. */
  readonly server: string
  readonly source: string
  readonly namespace: string
}

/** What kubectl would use; throws ClusterError `config`, naming the file. */
export function loadAccess({ as, ...options }: KubeConfigOptions): Access {
  const access = foundAccess(options)
  return as === undefined ? access : { ...access, user: { ...access.user, impersonation: { user: as, uid: '', groups: [], extra: {} } } }
}

function foundAccess({ kubeconfig, context, env = process.env, root = '' }: KubeConfigOptions): Access {
  const listed = env['KUBECONFIG']?.split(delimiter).filter(path => path !== '') ?? []
  const home = join(env['HOME'] || homedir(), '.kube', 'config')
  const paths = kubeconfig === undefined ? (listed.length > 0 ? listed : [home]).filter(exists) : [kubeconfig]
  const merged = mergedFiles(paths)
  if (merged.contexts.length > 0) return chosenAccess(merged, context, `kubeconfig ${paths.join(delimiter)}`)
  const token = join(root, '/var/run/secrets/kubernetes.io/serviceaccount/token')
  if (paths.length === 0 && context === undefined && env['KUBERNETES_SERVICE_HOST'] && exists(token)) {
    return chosenAccess(serviceAccount(root, token), undefined, 'the ServiceAccount of this pod')
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
function mergedFiles(paths: readonly string[]): KubeConfigFile {
  const files = paths.map(readKubeConfig)
  return {
    currentContext: files.find(file => file.currentContext)?.currentContext ?? '',
    contexts: files.map(file => file.contexts).reduce(union, []),
    clusters: files.map(file => file.clusters).reduce(union, []),
    users: files.map(file => file.users).reduce(union, []),
  }
}

function union<T extends { readonly name: string }>(first: readonly T[], more: readonly T[]): readonly T[] {
  return [...first, ...more.filter(({ name }) => !first.some(known => known.name === name))]
}

function serviceAccount(root: string, tokenFile: string): KubeConfigFile {
  const pod = new KubeConfig()
  pod.loadFromCluster(root)
  const { currentContext, contexts, clusters, users } = pod
  return { currentContext, contexts, clusters, users: users.map(({ name }) => ({ name, tokenFile })) }
}

function chosenAccess(config: KubeConfigFile, wanted: string | undefined, from: string): Access {
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
  const problem = user && impersonationProblem(user)
  if (problem) throw fail(problem)
  if (!/^https?:$/.test(URL.parse(cluster.server)?.protocol ?? ''))
    throw fail(`cluster ${printable(cluster.name)} has the server ${printable(cluster.server)}, expected an address with https://`)
  const server = cluster.server.replace(/^https?/i, scheme => scheme.toLowerCase()).replace(/\/+$/, '')
  const isOpen = server.startsWith('http:') && !cluster.skipTLSVerify
  const source = wanted === undefined && from.startsWith('the ') ? from : `${from}, context ${printable(name)}`
  return {
    // Over plain HTTP client-node works only with insecure-skip-tls-verify. Where that is not set we show no credentials
    // there; kubectl never does.
    cluster: { ...cluster, server, ...(isOpen ? { skipTLSVerify: true } : {}) },
    // Without a user client-node would skip the certificate authority.
    user: isOpen || !user ? { name: 'nobody' } : user,
    server,
    source,
    namespace: context.namespace?.trim() || 'default',
  }
}

// As kubectl: client-go, tools/clientcmd/validation.go.
function impersonationProblem({ name, impersonation }: User): string | undefined {
  if (!impersonation || impersonation.user !== '') return undefined
  const { uid, groups, extra } = impersonation
  if (uid === '' && groups.length === 0 && Object.keys(extra).length === 0) return undefined
  return `user ${printable(name)} has as-uid, as-groups or as-user-extra, but no as: whom to act as`
}

function exists(path: string): boolean {
  try {
    accessSync(path)
    return true
  } catch {
    return false
  }
}
