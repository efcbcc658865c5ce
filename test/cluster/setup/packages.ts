import { join } from 'node:path'
import { logged, output, type Argv } from './command.ts'
import { lock } from './lock.ts'
import type { Cluster } from './paths.ts'

const needed = [
  'busybox-static',
  'containerd',
  'containernetworking-plugins',
  'etcd-server',
  'gcc',
  'iproute2',
  'iptables',
  'libc6-dev',
  'openssl',
  'runc',
]

/** Installs the Debian packages that a node is made of, and those besides, as far as they are missing. */
export async function installPackages(cluster: Cluster, say: (line: string) => void, besides: readonly string[] = []): Promise<void> {
  const names = [...needed, ...besides]
  if ((await missingPackages(names)).length === 0) return
  // Another version's `up` may be at it; apt's own lock lets only the installation wait, not the update.
  await using _ = await lock(join(cluster.bin, '..', 'packages.lock'), () => say('Waiting for another installation'))
  const missing = await missingPackages(names)
  if (missing.length > 0) await install(missing, join(cluster.bin, '..', 'packages.log'), say)
}

async function install(missing: readonly string[], log: string, say: (line: string) => void): Promise<void> {
  say(`Installing ${missing.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt: Argv = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300']
  await logged([...apt, 'update'], log, { env })
  await logged([...apt, 'install', '--yes', '--no-install-recommends', ...missing], log, { env })
}

async function missingPackages(names: readonly string[]): Promise<string[]> {
  const installed = await output(['dpkg-query', '--show', '--showformat', '${Package} ${db:Status-Status}\n']).catch(cause => {
    throw new Error(`Cannot look for ${names.join(', ')}: this machine has no dpkg. The test cluster needs Debian or Ubuntu`, { cause })
  })
  const lines = new Set(installed.split('\n'))
  return names.filter(name => !lines.has(`${name} installed`))
}
