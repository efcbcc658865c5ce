import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { goTool } from '../go-tool.ts'

const ROOT = new URL('../../', import.meta.url)

/** Runs opa in the project's folder and gives back what it printed. @throws {Error} with what it said when it fails */
export type Opa = (...args: readonly string[]) => Promise<string>

/** The opa that tools/opa/go.mod pins. */
export async function pinnedOpa(): Promise<Opa> {
  const binary = await goTool('opa')
  return (...args) => run(binary, args)
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd: ROOT, maxBuffer: 2 ** 28 }).catch((cause: unknown) => {
    throw withOutput(cause, command, args)
  })
  return stdout
}

function withOutput(cause: unknown, command: string, args: readonly string[]): unknown {
  if (!(cause instanceof Error && 'stdout' in cause && 'stderr' in cause)) return cause
  return new Error(`${command} ${args[0]} failed:\n${String(cause.stdout)}${String(cause.stderr)}`, { cause })
}
