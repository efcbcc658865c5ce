import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { buildKubernetes } from './build.ts'
import { succeeds } from './command.ts'
import { components, type Component } from './components.ts'
import { writeCredentials } from './credentials.ts'
import { removeCluster } from './down.ts'
import { compile, importImages } from './images.ts'
import { findNode, insideNode, startNode } from './node.ts'
import { installPackages } from './packages.ts'
import { logFile, type Cluster } from './paths.ts'
import type { Process } from './processes.ts'
import { becomeHealthy, findServer, startServer } from './server.ts'
import { writeSettings } from './settings.ts'
import { until } from './wait.ts'

export type Say = (line: string) => void

/** Brings a cluster up from whatever state it is in: each step does only what is still to do. */
export async function up(cluster: Cluster, say: Say): Promise<void> {
  await installPackages(cluster, say)
  await buildKubernetes(cluster, say)
  const node = findNode(cluster) ?? (await newNode(cluster, say))
  const missing = components(cluster).filter(server => findServer(server, node) === undefined)
  for (const server of missing) await bringUp(cluster, server, node, say)
  await importImages(cluster, node, say)
  await becomeReady(cluster, node)
  say(`${cluster.name} is ${missing.length > 0 ? 'up' : 'already up'}`)
}

/** A node that nothing runs on yet; what a broken one left behind goes first. */
async function newNode(cluster: Cluster, say: Say): Promise<Process> {
  await removeCluster(cluster)
  say(`Starting ${cluster.name}`)
  for (const directory of ['lib', 'log', 'logs', 'sysctl', 'scenarios']) mkdirSync(join(cluster.data, directory), { recursive: true })
  await writeCredentials(cluster)
  writeSettings(cluster)
  await compile('node', join(cluster.data, 'node'))
  return startNode(cluster)
}

/** Starts a server and waits for it only where the next ones need it. */
async function bringUp(cluster: Cluster, server: Component, node: Process, say: Say): Promise<void> {
  say(`Starting ${server.name}`)
  await startServer(cluster, server, node)
  if (server.isAwaited) await becomeHealthy(cluster, server, node)
}

/** Waits until pods can be made and will run. */
async function becomeReady(cluster: Cluster, node: Process): Promise<void> {
  await Promise.all(components(cluster).map(server => becomeHealthy(cluster, server, node)))
  const client = [join(cluster.bin, 'kubectl'), `--kubeconfig=${cluster.kubeconfig}`, `--cache-dir=${cluster.kubectlCache}`]
  const kubectl = (...args: string[]) => succeeds(insideNode(node, [...client, ...args]))
  await until(`the node to be Ready, see ${logFile(cluster, 'kubelet')}`, 90_000, () =>
    kubectl('wait', '--for=condition=Ready', 'node/node', '--timeout=10s'),
  )
  await until('the default ServiceAccount', 30_000, () => kubectl('get', 'serviceaccount', 'default', '--namespace=default'))
}
