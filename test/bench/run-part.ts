import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Findings } from './measure.ts'
import { PARTS, type PartName } from './parts.ts'

const CLUSTER = fileURLToPath(new URL('../cluster/cluster.ts', import.meta.url))
const MEASURE = fileURLToPath(new URL('measure-part.ts', import.meta.url))

/** What one part finds, measured in a process of its own, which runs in the cluster's network where the part needs that. @throws {Error} when it finds nothing */
export async function runPart(name: PartName, kubernetes: string): Promise<Findings> {
  const measure = [MEASURE, name]
  if (!PARTS[name].needsCluster) return findings(name, measure)
  const cluster = (command: string): readonly string[] => [CLUSTER, command, '--kubernetes', kubernetes]
  if ((await node(cluster('up'))).code !== '0') throw new Error(`Cannot measure ${name}: the cluster does not come up, as said above`)
  return findings(name, [...cluster('run'), '--', process.execPath, ...measure])
}

async function findings(name: PartName, args: readonly string[]): Promise<Findings> {
  const { code, out } = await node(args)
  if (code !== '0') throw new Error(`Cannot measure ${name}: its process ended with ${code}, as said above`)
  return JSON.parse(out) as Findings // what measure-part.ts prints
}

/** Runs a Node program; its complaints are ours. */
async function node(args: readonly string[]): Promise<{ readonly code: string; readonly out: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const [out, [code, signal]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return { code: String(code ?? signal), out }
}
