import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { text } from 'node:stream/consumers'

/** A program and its arguments. */
export type Argv = readonly [string, ...string[]]

export type LoggedOptions = { cwd?: string; env?: NodeJS.ProcessEnv }

/** What a command printed; throws with its error output when it fails. */
export async function output(argv: Argv): Promise<string> {
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] })
  const [stdout, stderr, exit] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  if (exit[0] === 0) return stdout
  throw new Error(`Cannot run ${argv.join(' ')}: ${stderr.trim() || stdout.trim() || `it ended with ${exit[0] ?? exit[1]}`}`)
}

/** True when a command succeeds. */
export async function succeeds(argv: Argv): Promise<boolean> {
  return output(argv).then(
    () => true,
    () => false,
  )
}

/** Runs a command to its end with its output in a file, which a failure names. */
export async function logged(argv: Argv, file: string, options: LoggedOptions = {}): Promise<void> {
  const log = openSync(file, 'a')
  try {
    const child = spawn(argv[0], argv.slice(1), { ...options, stdio: ['ignore', log, log] })
    const [code, signal] = await once(child, 'close')
    if (code !== 0) throw new Error(`Cannot run ${argv.slice(0, 4).join(' ')} …: it ended with ${code ?? signal}, see ${file}`)
  } finally {
    closeSync(log)
  }
}
