import { existsSync, readFileSync, rmSync } from 'node:fs'
import { endNode, findNode } from './node.ts'
import type { Cluster } from './paths.ts'

/** Ends a cluster and removes all of it but the built binaries; says whether there was one. */
export async function removeCluster(cluster: Cluster): Promise<boolean> {
  const wasThere = findNode(cluster) !== undefined || existsSync(cluster.data)
  await endNode(cluster)
  refuseMounts(cluster)
  rmSync(cluster.data, { recursive: true, force: true })
  return wasThere
}

/** All our mounts ended with the node. One that shows here is another's, and behind it may be anything. */
function refuseMounts(cluster: Cluster): void {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[4] ?? '')
  const strange = mounts.find(path => path.startsWith(`${cluster.data}/`))
  if (strange) throw new Error(`Cannot remove ${cluster.data}: ${strange} is mounted there, and not by us. Unmount it first`)
}
