import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder, exists, makeInPlace } from './cache.ts'

const REQUIREMENTS = fileURLToPath(new URL('../tools/python/requirements.txt', import.meta.url))

/**
 * The Python that has the packages of tools/python/requirements.txt, in a virtual environment in the cache, made once, in
 * half a minute. Their commands are its modules: `python -m pre_commit`. Throws Error where there is no Python with venv.
 */
export async function pythonTools(): Promise<string> {
  const cache = cacheFolder('python', await readFile(REQUIREMENTS))
  const python = (folder: string) => join(folder, 'bin', 'python')
  if (await exists(python(cache))) return python(cache)
  console.error(`Installing the Python packages of tools/python into ${cache}, once`)
  const install = async (unfinished: string) => {
    await run('python3', ['-m', 'venv', unfinished], 'install Python with its venv (Debian: python3-venv)')
    const pip = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-deps',
      '--require-hashes',
      '--requirement',
      REQUIREMENTS,
    ]
    await run(python(unfinished), pip, 'is the registry of Python packages in reach?')
  }
  await makeInPlace(cache, install, python(cache))
  return python(cache)
}

async function run(command: string, args: readonly string[], advice: string): Promise<void> {
  await promisify(execFile)(command, args).catch((cause: Error) => {
    throw new Error(`Cannot install the Python packages of tools/python: ${cause.message.trim()}; ${advice}`, { cause })
  })
}
