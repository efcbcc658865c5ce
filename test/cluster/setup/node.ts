import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync } from 'node:fs'
import { mkdir, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { logFile, type Cluster } from './paths.ts'
import { processes, type Process } from './processes.ts'
import { until } from './wait.ts'

/** PID 1 of the cluster's node as the machine sees it: the process that runs the cluster's own copy of `node`. */
export function findNode(cluster: Cluster): Process | undefined {
  return processes().find(({ exe }) => exe === join(cluster.data, 'node'))
}

/** Starts the node's namespaces and waits for its PID 1. */
export async function startNode(cluster: Cluster): Promise<Process> {
  for (const group of cgroups(cluster)) await mkdir(group, { recursive: true })
  const log = openSync(logFile(cluster, 'node'), 'a')
  const namespaces = ['--mount', '--propagation', 'private', '--net', '--pid', '--fork', '--mount-proc']
  const script = join(import.meta.dirname, 'node.sh')
  const child = spawn('unshare', [...namespaces, script, cluster.data], { detached: true, stdio: ['ignore', log, log] })
  child.unref()
  closeSync(log)
  return until(`the node, see ${logFile(cluster, 'node')}`, 10_000, () => findNode(cluster))
}

/** Ends PID 1 of the node, and by the kernel's hand all that lives in its namespaces; then removes its cgroups. */
export async function endNode(cluster: Cluster): Promise<void> {
  for (let node = findNode(cluster); node; node = findNode(cluster)) {
    const { pid } = node
    process.kill(pid, 'SIGKILL')
    // PID 1 leaves the process table last, after all others of its namespace.
    await until(`process ${pid} to end`, 60_000, () => !readdirSync('/proc').includes(String(pid)))
  }
  for (const group of cgroups(cluster)) await until(`the cgroup ${group} to empty`, 30_000, () => removeGroup(group))
}

/** The words that run a command inside the node; it sees the node's processes, mounts and network. */
export function insideNode(node: Process, argv: readonly string[]): [string, ...string[]] {
  return ['nsenter', `--target=${node.pid}`, '--mount', '--net', '--pid', '--', ...argv]
}

/** One directory per cgroup v1 hierarchy, or the one of v2. */
function cgroups(cluster: Cluster): string[] {
  const root = '/sys/fs/cgroup'
  const names = readdirSync(root, { withFileTypes: true })
  if (names.some(({ name }) => name === 'cgroup.controllers')) return [join(root, cluster.cgroup)]
  return names.filter(entry => entry.isDirectory()).map(({ name }) => join(root, name, cluster.cgroup))
}

/** Removes a cgroup with all below it; false while one is still busy. */
async function removeGroup(group: string): Promise<boolean> {
  try {
    const below = readdirSync(group, { withFileTypes: true }).filter(entry => entry.isDirectory())
    for (const { name } of below) if (!(await removeGroup(join(group, name)))) return false
    await rmdir(group)
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException // readdir and rmdir throw nothing else
    if (code !== 'ENOENT' && code !== 'EBUSY') throw error
    return code === 'ENOENT'
  }
}
