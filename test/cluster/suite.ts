import { spawnSync } from 'node:child_process'
import { clusterPaths } from './setup/paths.ts'
import { run } from './setup/run.ts'
import { provide } from './sidecars/provide.ts'
import { help, suiteOptions, type SuiteOptions } from './suite/options.ts'
import { runSuite } from './suite/run.ts'

// Started by a person, it builds the product, brings the cluster up, and becomes itself once more in the cluster's
// network, with this set.
const inside = 'SIDECAR_REAPER_SUITE'

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function script(path: string, ...args: string[]): void {
  const { status } = spawnSync(process.execPath, [new URL(path, import.meta.url).pathname, ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  if (status !== 0) throw new Error(`Cannot run the suite: ${path} failed`)
}

async function carryOut(args: readonly string[], options: SuiteOptions): Promise<number> {
  if (options.help) {
    process.stdout.write(help)
    return 0
  }
  if (process.env[inside]) return (await runSuite(options)) ? 0 : 1
  if (options.bundle === undefined) script('../../scripts/build.ts')
  if (options.context !== undefined) return (await runSuite(options)) ? 0 : 1
  script('cluster.ts', 'up', '--kubernetes', options.version)
  const cluster = clusterPaths(options.version, process.env)
  if (options.sidecars) await provide(cluster, say)
  return run(cluster, [process.execPath, import.meta.filename, ...args], {
    ...process.env,
    [inside]: '1',
  })
}

try {
  const args = process.argv.slice(2)
  process.exitCode = await carryOut(args, suiteOptions(args))
} catch (error) {
  say(`test:cluster: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = error instanceof SyntaxError ? 64 : 1
}
