import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { logged, output, type Argv } from './command.ts'
import type { Cluster } from './paths.ts'

const needed = ['busybox-static', 'containerd', 'containernetworking-plugins', 'etcd-server', 'gcc', 'iproute2', 'iptables', 'libc6-dev', 'openssl', 'runc']

/** Installs the Debian packages that a node is made of, as far as they are missing. */
export async function installPackages(cluster: Cluster, say: (line: string) => void): Promise<void> {
  const missing = await missingPackages()
  if (missing.length === 0) return
  say(`Installing ${missing.join(', ')}`)
  const log = join(cluster.bin, '..', 'packages.log')
  appendFileSync(log, `\n${new Date().toISOString()} ${missing.join(' ')}\n`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt: Argv = ['apt-get', '-q', '-o', 'DPkg::Lock::Timeout=300']
  await logged([...apt, 'update'], log, { env })
  await logged([...apt, 'install', '--yes', '--no-install-recommends', ...missing], log, { env })
}

async function missingPackages(): Promise<string[]> {
  const installed = await output(['dpkg-query', '--show', '--showformat', '${Package} ${db:Status-Status}\n']).catch(cause => {
    throw new Error(`Cannot look for ${needed.join(', ')}: this machine has no dpkg. The test cluster needs Debian or Ubuntu`, { cause })
  })
  const lines = new Set(installed.split('\n'))
  return needed.filter(name => !lines.has(`${name} installed`))
}
