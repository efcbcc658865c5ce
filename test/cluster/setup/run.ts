import { findNode } from './node.ts'
import type { Cluster } from './paths.ts'

/**
 * Becomes a command inside the cluster's network, with KUBECONFIG set and the cluster's kubectl first on the PATH.
 * Replacing this process hands on what a child would only get second hand: exit code, standard streams, signals.
 */
export function run(cluster: Cluster, argv: readonly string[], env: NodeJS.ProcessEnv): never {
  if (!process.execve) throw new Error(`Cannot run ${argv[0]}: Node ${process.version} has no process.execve. Use Node 24`)
  const node = findNode(cluster)
  if (!node) throw new Error(`Cannot run ${argv[0]}: ${cluster.name} is not up. Start it with: up --kubernetes ${cluster.version}`)
  const path = `${cluster.bin}:${env['PATH'] ?? '/usr/bin:/bin'}`
  // Node ignores SIGPIPE, and what it becomes would inherit that.
  const words = ['env', '--default-signal=PIPE', 'nsenter', `--net=/proc/${node.pid}/ns/net`, '--', ...argv]
  return process.execve('/usr/bin/env', words, {
    ...env,
    PATH: path,
    KUBECONFIG: cluster.kubeconfig,
    KUBECACHEDIR: cluster.kubectlCache,
  })
}
