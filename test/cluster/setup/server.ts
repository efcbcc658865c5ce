import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, realpathSync } from 'node:fs'
import { succeeds } from './command.ts'
import type { Component } from './components.ts'
import { insideNode } from './node.ts'
import { logFile, type Cluster } from './paths.ts'
import { processes, type Process } from './processes.ts'
import { until } from './wait.ts'

/** The running process of a component, known by its binary and by the node that it lives in. */
export function findServer({ argv }: Component, node: Process): Process | undefined {
  const exe = realpathSync(argv[0])
  return processes().find(process => process.exe === exe && process.pidNamespace === node.pidNamespace)
}

/** Starts a component inside the node, where it outlives us, with its output in a log file. */
export async function startServer(cluster: Cluster, component: Component, node: Process): Promise<void> {
  const file = logFile(cluster, component.name)
  const log = openSync(file, 'a')
  const [nsenter, ...args] = insideNode(node, ['setsid', '--fork', ...component.argv])
  const child = spawn(nsenter, args, { cwd: '/', stdio: ['ignore', log, log] })
  closeSync(log)
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`Cannot start ${component.name}: see ${file}`)
  await until(`${component.name} to start, see ${file}`, 5_000, () => findServer(component, node))
}

/** Waits until a running component is well; throws at once when it ends instead. */
export async function becomeHealthy(cluster: Cluster, component: Component, node: Process): Promise<void> {
  const { name } = component
  await until(`${name} to be healthy, see ${logFile(cluster, name)}`, 60_000, () => {
    if (!findServer(component, node)) throw new Error(`Cannot keep ${name} up: it ended, see ${logFile(cluster, name)}`)
    return isHealthy(component, node)
  })
}

/** True when a component's process answers its health check. */
export async function isHealthy(component: Component, node: Process): Promise<boolean> {
  return findServer(component, node) !== undefined && (await succeeds(insideNode(node, component.probe)))
}
