import { execFile } from 'node:child_process'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder, exists, makeInPlace } from '../cache.ts'

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
  const cache = cacheFolder('binaryen', lock)
  const program = join(cache, 'node_modules', 'binaryen', 'bin', 'wasm-opt')
  if (await exists(program)) return program
  console.error(`Installing binaryen into ${cache}, once`)
  const install = async (unfinished: string) => {
    await cp(PINNED, unfinished, { recursive: true })
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: unfinished })
  }
  await makeInPlace(cache, install, program)
  return program
}
