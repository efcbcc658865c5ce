import { execFile } from 'node:child_process'
import { mkdir, readFile, rename } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const TOOLS = new URL('../../tools/', import.meta.url)
const ROOT = new URL('../../', import.meta.url)
const MODULE = 'github.com/open-policy-agent/opa'

/** Runs opa in the project's folder and gives back what it printed. @throws {Error} with what it said when it fails */
export type Opa = (...args: readonly string[]) => Promise<string>

/** The opa that tools/go.mod pins: from the cache, or built there by Go (a minute or two, once). */
export async function pinnedOpa(): Promise<Opa> {
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  const binary = join(cache, 'sidecar-reaper', `opa-${await pinnedVersion()}`, 'opa')
  if (!(await runs(binary))) await build(binary)
  return (...args) => run(binary, args)
}

async function pinnedVersion(): Promise<string> {
  const version = new RegExp(`^\\s*(?:require )?${MODULE} (v\\S+)`, 'm').exec(await readFile(new URL('go.mod', TOOLS), 'utf8'))?.[1]
  if (version) return version
  throw new Error(`tools/go.mod does not name ${MODULE}, expected a line with its version`)
}

async function runs(binary: string): Promise<boolean> {
  return run(binary, ['version']).then(
    () => true,
    () => false,
  )
}

// Built beside its place and then renamed, so that two builds at once never leave half a file.
async function build(binary: string): Promise<void> {
  await mkdir(dirname(binary), { recursive: true })
  const unfinished = `${binary}.${process.pid}`
  console.error(`Building opa with Go into ${dirname(binary)}; this takes a minute or two, once`)
  await run('go', ['build', '-C', 'tools', '-o', unfinished, MODULE]).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause
    throw new Error('Cannot build opa: there is no go on the PATH; install Go from https://go.dev/dl (only changes to policies/ need it)', {
      cause,
    })
  })
  await rename(unfinished, binary)
}

async function run(command: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd: ROOT, maxBuffer: 2 ** 28 }).catch((cause: unknown) => {
    throw withOutput(cause, command, args)
  })
  return stdout
}

function withOutput(cause: unknown, command: string, args: readonly string[]): unknown {
  if (!(cause instanceof Error && 'stdout' in cause && 'stderr' in cause) || ('code' in cause && cause.code === 'ENOENT')) return cause
  return new Error(`${command} ${args[0]} failed:\n${String(cause.stdout)}${String(cause.stderr)}`, { cause })
}
