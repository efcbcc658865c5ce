import type { NodeState } from '../cluster.ts'
import type { KubeletVersion } from './rules.ts'

/** The minor of a version of Kubernetes 1. @example minorOf('v1.29.6-eks-036c24b') // 29 */
export function minorOf(version: string): number | null {
  const [, minor] = /^v?1\.(\d{1,4})(?!\d)/.exec(version) ?? []
  return minor === undefined ? null : Number(minor)
}

/** The oldest kubelet, by its minor; of equals the first by name. Null where no kubelet says its version. */
export function oldestKubelet(nodes: ReadonlyMap<string, NodeState>): KubeletVersion | null {
  const said = [...nodes].flatMap(([node, { kubelet: version }]) => {
    const minor = minorOf(version)
    return minor === null ? [] : [{ node, version, minor }]
  })
  return said.reduce<KubeletVersion | null>((oldest, one) => (oldest === null || isOlder(one, oldest) ? one : oldest), null)
}

function isOlder(one: KubeletVersion, other: KubeletVersion): boolean {
  return one.minor < other.minor || (one.minor === other.minor && one.node < other.node)
}
