import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder, exists } from '../cache.ts'

const PINNED = fileURLToPath(new URL('../../tools/binaryen/', import.meta.url))

/** What every Node that runs us can do. */
const FEATURES = ['bulk-memory', 'mutable-globals', 'nontrapping-float-to-int', 'sign-ext'].map(feature => `--enable-${feature}`)

/**
 * The same module, smaller and faster: opa writes each step of its plan as it stands, and leaves that to others. A review
 * of a Job takes a third less, and the first one of a process too, as there is less to compile. The same module gives the
 * same bytes. Throws Error with what wasm-opt said.
 */
export async function optimized(wasm: Buffer): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-wasm-'))
  const [from, to] = [join(folder, 'from.wasm'), join(folder, 'to.wasm')]
  try {
    await writeFile(from, wasm)
    await promisify(execFile)(process.execPath, [await wasmOpt(), '-O3', ...FEATURES, from, '-o', to])
    return await readFile(to)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The wasm-opt that tools/binaryen pins: its path in the cache, where npm puts it once. It is as large as all that npm ci installs, and only who changes the policy needs it. */
async function wasmOpt(): Promise<string> {
  const lock = await readFile(join(PINNED, 'package-lock.json'))
  const cache = cacheFolder(`binaryen-${createHash('sha256').update(lock).digest('hex').slice(0, 12)}`)
  const program = join(cache, 'node_modules', 'binaryen', 'bin', 'wasm-opt')
  if (await exists(program)) return program
  await mkdir(dirname(cache), { recursive: true })
  console.error(`Installing binaryen into ${cache}, once`)
  // Made beside its place and then renamed, so that two at once never leave half of it.
  const unfinished = `${cache}.${process.pid}`
  try {
    await cp(PINNED, unfinished, { recursive: true })
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: unfinished })
    await rename(unfinished, cache).catch(async (error: unknown) => {
      if (!(await exists(program))) throw error // else another run was first
    })
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
  return program
}
