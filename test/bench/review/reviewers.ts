import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { goTool } from '../../../scripts/go-tool.ts'
import type { Rules } from './rules.ts'

const CLI = fileURLToPath(new URL('../../../dist/sidecar-reaper.mjs', import.meta.url))
const PROBE = fileURLToPath(new URL('../probe.mjs', import.meta.url))

/** A program that reviews a folder or a file and prints JSON. */
export interface Reviewer {
  readonly name: string
  readonly command: readonly string[]
  /** How many Jobs hang by what it printed. */
  hanging(printed: string): number
}

/** The three that one may have already. */
export async function otherReviewers(path: string, rules: Rules): Promise<readonly Reviewer[]> {
  return [
    {
      name: 'conftest',
      command: [await goTool('conftest'), 'test', '--policy', rules.conftest, '--output', 'json', path],
      hanging: printed => (JSON.parse(printed) as { failures?: unknown[] }[]).flatMap(({ failures = [] }) => failures).length,
    },
    {
      name: 'gator',
      command: [await goTool('gator'), 'test', '--filename', rules.gator, '--filename', path, '--output', 'json'],
      hanging: printed => (printed.trim() === '' ? 0 : ((JSON.parse(printed) as unknown[] | null)?.length ?? 0)),
    },
    {
      name: 'kyverno',
      command: [await goTool('kyverno'), 'apply', rules.kyverno, '--resource', path, '--policy-report', '--output-format', 'json'],
      hanging: printed => [...printed.matchAll(/"result":\s*"fail"/g)].length,
    },
  ]
}

/** Ours, with these arguments; only JSON is read. */
export function ourReviewer(path: string, args: readonly string[] = ['-o', 'json']): Reviewer {
  return {
    name: 'sidecar-reaper',
    command: [process.execPath, CLI, 'review', ...args, path],
    hanging: printed => [...printed.matchAll(/"rule":"hangs"/g)].length,
  }
}

/** Fails unless the reviewer finds so many: else its time would say nothing. */
export async function check({ name, command, hanging }: Reviewer, expected: number): Promise<void> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const found = hanging(out)
  if (found !== expected) throw new Error(`Cannot measure ${name}: it finds ${found} Jobs that hang, expected ${expected}: ${err.trim()}`)
}

/** Milliseconds from its start to its end, its output thrown away. */
export async function timeReviewer({ command: [program = '', ...args] }: Reviewer): Promise<number> {
  const started = performance.now()
  await once(spawn(program, args, { stdio: 'ignore' }), 'close')
  return performance.now() - started
}

/** What our review of a path, or of a file as standard input, took by its own process's account. */
export async function probeReview(path: string, stdin?: string): Promise<{ readonly ms: number; readonly peakBytes: number }> {
  const started = performance.now()
  const args = ['--import', PROBE, CLI, 'review', '-o', 'json', path]
  const child = spawn(process.execPath, args, { stdio: [stdin === undefined ? 'ignore' : 'pipe', 'ignore', 'inherit', 'pipe'] })
  if (stdin !== undefined && child.stdin) createReadStream(stdin).pipe(child.stdin)
  const [account, [code]] = await Promise.all([text(child.stdio[3] as NodeJS.ReadableStream), once(child, 'close')]) // a pipe that we asked for
  if (code !== 1) throw new Error(`Cannot measure a review of ${path}: it ended with ${code}, expected 1 for its findings`)
  const { maxRSS } = JSON.parse(account) as { maxRSS: number } // what probe.mjs writes
  return { ms: performance.now() - started, peakBytes: maxRSS * 1024 }
}
