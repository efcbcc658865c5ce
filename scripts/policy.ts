import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseArgs } from 'node:util'
import { agreement } from './policy/agreement.ts'
import { type Artifact, artifacts } from './policy/artifacts.ts'
import { type Opa, pinnedOpa } from './policy/opa.ts'

// Checks, compiles and tests policies/. With --check nothing is written: it fails unless what is committed is what comes out.

const CAPABILITIES = ['--capabilities', 'policies/capabilities.json']

const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
try {
  const opa = await pinnedOpa()
  await lint(opa, options.check)
  const made = await artifacts(opa)
  await (options.check ? compare(made) : write(made))
  console.log((await test(opa)).trimEnd())
  console.log(`${await agreement(opa)} samples and examples: dist/policy.wasm and opa eval agree`)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function lint(opa: Opa, check: boolean): Promise<void> {
  await opa('fmt', ...(check ? ['--fail', '--list'] : ['--write']), 'policies')
  await opa('check', '--strict', ...CAPABILITIES, 'policies')
}

// A failing test prints no coverage, and a missing line no name of a test: first all tests, then their coverage.
async function test(opa: Opa): Promise<string> {
  const all = ['test', ...CAPABILITIES, '--timeout', '60s', 'policies', 'dist/catalogue.json'] // each: opa's 5 s are few on a busy machine
  const passed = await opa(...all)
  await opa(...all, '--coverage', '--threshold', '100')
  return passed
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
