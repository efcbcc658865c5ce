import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { logged, succeeds, type Argv } from './command.ts'
import { isStamped, stamp } from './stamp.ts'
import type { Cluster } from './paths.ts'

const commands = ['kube-apiserver', 'kube-controller-manager', 'kube-proxy', 'kube-scheduler', 'kubectl', 'kubelet']

/** Builds a version's servers and its kubectl from Go modules, unless the cache has them as pinned. */
export async function buildKubernetes(cluster: Cluster, say: (line: string) => void): Promise<void> {
  const argv: Argv = ['go', 'build', '-trimpath', '-ldflags', linkerFlags(cluster), '-o', `${cluster.bin}/`, ...packages()]
  const key = fingerprint(cluster, argv)
  if (isStamped(cluster.bin, key)) return
  if (!(await succeeds(['go', 'version']))) throw new Error('Cannot build Kubernetes: there is no go on the PATH. Install Go 1.26 or newer')
  say(`Building Kubernetes ${cluster.version}: ${commands.join(', ')} (once, about 5 minutes on 2 cores; log: ${cluster.buildLog})`)
  mkdirSync(cluster.bin, { recursive: true })
  rmSync(cluster.buildLog, { force: true })
  const env = { ...process.env, CGO_ENABLED: '0', GOWORK: 'off' }
  await logged(['nice', '-n', '5', ...argv], cluster.buildLog, { cwd: cluster.module, env })
  rmSync(cluster.buildLog)
  stamp(cluster.bin, key)
}

function packages(): string[] {
  return commands.map(name => `k8s.io/kubernetes/cmd/${name}`)
}

/** Without its version a server calls itself v0.0.0-master, and nothing gated by version behaves. */
function linkerFlags({ version }: Cluster): string {
  const [major, minor] = version.split('.')
  const variables = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'].flatMap(path => [
    `-X ${path}.gitVersion=v${version}`,
    `-X ${path}.gitMajor=${major}`,
    `-X ${path}.gitMinor=${minor}`,
  ])
  return ['-s -w', ...variables].join(' ')
}

function fingerprint(cluster: Cluster, argv: readonly string[]): string {
  const hash = createHash('sha256').update(argv.join(' '))
  for (const file of ['go.mod', 'go.sum', 'tools.go']) hash.update(readFileSync(join(cluster.module, file)))
  return hash.digest('hex')
}
