import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Summary } from '../../runtime/outcome.ts'

const CLI = fileURLToPath(new URL('../../dist/sidecar-reaper.mjs', import.meta.url))
const PROBE = fileURLToPath(new URL('probe.mjs', import.meta.url))

export interface SweepOptions {
  /** Default: that of the environment. */
  readonly kubeconfig?: string
  /** Further arguments of `sweep`. */
  readonly args?: readonly string[]
}

/** Milliseconds from the start of a `sweep -o json` to its end, its output thrown away. @throws {Error} when it ends with another code than 0 */
export async function timeSweep(options: SweepOptions): Promise<number> {
  return timeNode([CLI, ...sweepArguments(options)])
}

/** Milliseconds from the start to the end of a Node process with these arguments. */
export async function timeNode(args: readonly string[]): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const [complaint, [code]] = await Promise.all([text(child.stderr), once(child, 'close')])
  const ms = performance.now() - started
  if (code !== 0) throw new Error(`Cannot measure node ${args.join(' ')}: it ended with ${code}: ${complaint.trim()}`)
  return ms
}

/** Runs a sweep; gives back undefined when it ends with 0, else all that it said but verdicts. */
export async function sweepComplaint(options: SweepOptions): Promise<string | undefined> {
  const child = spawn(process.execPath, [CLI, ...sweepArguments(options)], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'close')])
  return code === 0 ? undefined : `it ended with ${code}: ${said.replaceAll(/^{"kind":"(verdict|summary)".*\n/gm, '').trim()}`
}

/** What a sweep said and used, by its own process's account. */
export interface Account {
  readonly summary: Summary
  /** The most memory that it ever held, in bytes. */
  readonly peakBytes: number
  /** Calls to the API server in flight at once, at most; watches left out. */
  readonly mostCalls: number
  readonly ms: number
}

/** Runs a sweep with a probe in it, so that a bench can tell that what it measures is what it thinks. */
export async function probeSweep(options: SweepOptions): Promise<Account> {
  const started = performance.now()
  const child = spawn(process.execPath, ['--import', PROBE, CLI, ...sweepArguments(options)], {
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  const [output, probe] = [child.stdio[1] as Readable, child.stdio[3] as Readable] // pipes that we asked for
  const [line, account] = await Promise.all([lastLine(output), text(probe), once(child, 'close')])
  const ms = performance.now() - started
  const { maxRSS, mostCalls } = JSON.parse(account) as { maxRSS: number; mostCalls: number } // what probe.mjs writes
  return { summary: JSON.parse(line) as Summary, peakBytes: maxRSS * 1024, mostCalls, ms } // the last line of our own -o json
}

/** Of an output whose rest is thrown away as it comes. */
async function lastLine(output: Readable): Promise<string> {
  let tail = ''
  for await (const chunk of output.setEncoding('utf8')) {
    tail += chunk
    tail = tail.slice(tail.lastIndexOf('\n', tail.length - 2) + 1)
  }
  return tail
}

function sweepArguments({ kubeconfig, args = [] }: SweepOptions): readonly string[] {
  return ['sweep', '-o', 'json', ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]), ...args]
}
