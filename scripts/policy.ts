import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { type Artifact, artifacts } from './policy/artifacts.ts'
import { type Opa, pinnedOpa } from './policy/opa.ts'

// Checks, tests and compiles policies/. With --check nothing is written: CI fails unless what is committed is what comes out.

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
const opa = await pinnedOpa()
try {
  console.log(await lintAndTest(opa, options.check))
  const made = await artifacts(opa)
  if (options.check) await compare(made)
  else await write(made)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function lintAndTest(opa: Opa, check: boolean): Promise<string> {
  const capabilities = ['--capabilities', 'policies/capabilities.json']
  await opa('fmt', check ? '--fail' : '--write', ...(check ? ['--list'] : []), 'policies')
  await opa('check', '--strict', ...capabilities, 'policies')
  return opa('test', ...capabilities, '--coverage', '--threshold', '100', 'policies')
}

async function write(made: readonly Artifact[]): Promise<void> {
  for (const { path, bytes } of made) {
    const target = project(path)
    await mkdir(dirname(target.pathname), { recursive: true })
    await writeFile(target, bytes)
    console.log(`${path}: ${bytes.length} bytes`)
  }
}

async function compare(made: readonly Artifact[]): Promise<void> {
  const stale = []
  for (const { path, bytes } of made) {
    const committed = await readFile(project(path)).catch(() => undefined)
    if (!committed?.equals(bytes)) stale.push(path)
  }
  if (stale.length > 0) throw new Error(`Not what policies/ compiles to: ${stale.join(', ')}; run npm run policy and commit the result`)
}

function project(path: string): URL {
  return new URL(`../${path}`, import.meta.url)
}
