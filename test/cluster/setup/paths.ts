import { createHash } from 'node:crypto'
import { mkdirSync, realpathSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const versions = ['1.32.2', '1.34.4', '1.36.3'] as const
export type Version = (typeof versions)[number]
export const defaultVersion: Version = '1.34.4'

/** Where one test cluster keeps its things; two versions share nothing but built images of the same name. */
export type Cluster = Readonly<{
  version: Version
  /** Also the name of the kubeconfig's context. */
  name: string
  /** Below the machine's root cgroup; two kubelets below one cgroup take each other's pods for orphans. */
  cgroup: string
  /** The pinned Go module that the servers are built from. */
  module: string
  /** Built servers, kept by `down`. */
  bin: string
  buildLog: string
  lock: string
  /** Everything of a running cluster; `down` removes it. */
  data: string
  logs: string
  /** What the API server was asked to change by ServiceAccounts outside of kube-system; one JSON object a line. */
  audit: string
  kubeconfig: string
  /** kubectl's own cache tells servers apart by address, and all versions have the same. */
  kubectlCache: string
}>

/** What node.sh replaces inside the node. */
const hiddenInside = ['/run', '/var/lib', '/var/log', '/proc']

/** The paths of a version's cluster below $XDG_CACHE_HOME, as the kernel will show them: without symbolic links. */
export function clusterPaths(version: Version, env: NodeJS.ProcessEnv): Cluster {
  const wanted = join(env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'sidecar-reaper')
  mkdirSync(join(wanted, 'kubernetes'), { recursive: true })
  mkdirSync(join(wanted, 'clusters'), { recursive: true })
  const cache = realpathSync(wanted)
  const hidden = hiddenInside.find(directory => cache.startsWith(`${directory}/`))
  if (hidden)
    throw new Error(`Cannot keep the cluster in ${cache}: its node has a ${hidden} of its own. Set XDG_CACHE_HOME to another place`)
  const data = join(cache, 'clusters', version)
  const name = `sidecar-reaper-${version}`
  return {
    version,
    name,
    cgroup: `${name}-${createHash('sha256').update(data).digest('hex').slice(0, 8)}`,
    module: join(import.meta.dirname, '..', 'kubernetes', `v${version}`),
    bin: join(cache, 'kubernetes', `v${version}`),
    buildLog: join(cache, 'kubernetes', `v${version}.log`),
    lock: `${data}.lock`,
    data,
    logs: join(data, 'logs'),
    audit: join(data, 'audit.log'),
    kubeconfig: join(data, 'kubeconfig'),
    kubectlCache: join(data, 'kubectl-cache'),
  }
}

/** A server's log file. */
export function logFile(cluster: Cluster, component: string): string {
  return join(cluster.logs, `${component}.log`)
}
