import { commandLine, type CommandLine } from './setup/command-line.ts'
import { removeCluster } from './setup/down.ts'
import { help } from './setup/help.ts'
import { exportImages } from './setup/images.ts'
import { lock } from './setup/lock.ts'
import { clusterPaths, type Cluster } from './setup/paths.ts'
import { run } from './setup/run.ts'
import { status } from './setup/status.ts'
import { up } from './setup/up.ts'

const usage = 64

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function refuseMachine(): void {
  if (process.platform !== 'linux') throw new Error(`Cannot run a test cluster on ${process.platform}: it needs Linux`)
  if (process.getuid?.() !== 0) throw new Error('Cannot run a test cluster as this user: it needs root')
}

async function locked(cluster: Cluster, change: () => Promise<unknown>): Promise<void> {
  await using _ = await lock(cluster.lock, () => say(`Waiting for another up or down of ${cluster.name}`))
  await change()
}

async function carryOut({ command, version, words }: CommandLine): Promise<number> {
  if (command === 'help') {
    process.stdout.write(help)
    return 0
  }
  refuseMachine()
  const cluster = clusterPaths(version, process.env)
  switch (command) {
    case 'up':
      await locked(cluster, () => up(cluster, say))
      return 0
    case 'down':
      await locked(cluster, async () => say(`${cluster.name} ${(await removeCluster(cluster)) ? 'is removed' : 'was not up'}`))
      return 0
    case 'status': {
      const { text, isHealthy } = await status(cluster)
      process.stdout.write(text)
      return isHealthy ? 0 : 1
    }
    case 'kubeconfig':
      process.stdout.write(`${cluster.kubeconfig}\n`)
      return 0
    case 'images':
      await exportImages(words[0] ?? '')
      return 0
    case 'kubectl':
      return run(cluster, ['kubectl', ...words], process.env)
    case 'run':
      return run(cluster, words, process.env)
  }
}

try {
  process.exitCode = await carryOut(commandLine(process.argv.slice(2)))
} catch (error) {
  say(`cluster: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = error instanceof SyntaxError ? usage : 1
}
