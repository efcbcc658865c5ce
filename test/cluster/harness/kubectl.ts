import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

/** What kubectl printed; throws with its error output when it fails. `input` is its standard input. */
export async function kubectl(args: readonly string[], input = ''): Promise<string> {
  return (await ran(args, input)).stdout
}

/** What kubectl said beside its output, such as the warnings of the API server; throws when it fails. */
export async function kubectlWarnings(args: readonly string[], input = ''): Promise<string> {
  return (await ran(args, input)).stderr
}

async function ran(args: readonly string[], input: string): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const child = spawn('kubectl', args, { stdio: 'pipe' })
  child.stdin.on('error', () => {}) // it may end before it reads; its exit code tells
  child.stdin.end(input)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (code === 0) return { stdout, stderr }
  throw new Error(`Cannot run kubectl ${args.join(' ')}: ${stderr.trim()}`)
}

/** The lines that kubectl prints until the signal ends it; throws with its error output when it ends by itself. */
export async function* kubectlLines(args: readonly string[], signal: AbortSignal): AsyncGenerator<string> {
  const child = spawn('kubectl', args, { stdio: ['ignore', 'pipe', 'pipe'], signal })
  const ended = once(child, 'close').catch(() => {}) // an aborted child is an error to Node
  const complaint = text(child.stderr)
  yield* createInterface({ input: child.stdout })
  await ended
  if (!signal.aborted) throw new Error(`kubectl ${args.join(' ')} ended: ${(await complaint).trim()}`)
}
