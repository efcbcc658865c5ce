import { components } from './components.ts'
import { findNode } from './node.ts'
import type { Cluster } from './paths.ts'
import { ageSeconds, type Process } from './processes.ts'
import { findServer, isHealthy } from './server.ts'

/** A cluster's state as a table, and whether all of it is well. */
export type Status = Readonly<{ text: string; isHealthy: boolean }>

export async function status(cluster: Cluster): Promise<Status> {
  const node = findNode(cluster)
  if (!node) return { text: `${cluster.name} is not up\n`, isHealthy: false }
  const rows = await Promise.all(
    components(cluster).map(async server => {
      const process = findServer(server, node)
      return row(server.name, process, process && (await isHealthy(server, node)) ? 'healthy' : process ? 'unhealthy' : 'missing')
    }),
  )
  const table = [['COMPONENT', 'PID', 'AGE', 'STATE'], row('node', node, 'healthy'), ...rows]
  const text = table
    .map(cells =>
      cells
        .map((cell, column) => cell.padEnd(column === 0 ? 26 : 10))
        .join('')
        .trimEnd(),
    )
    .join('\n')
  return {
    text: `${text}\n\nLogs: ${cluster.logs}\nKUBECONFIG: ${cluster.kubeconfig}\n`,
    isHealthy: rows.every(cells => cells[3] === 'healthy'),
  }
}

function row(name: string, process: Process | undefined, state: string): string[] {
  const age = process && ageSeconds(process.pid)
  return [name, process ? String(process.pid) : '-', age === undefined ? '-' : `${Math.floor(age)}s`, state]
}
