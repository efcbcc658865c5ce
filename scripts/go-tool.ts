import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { cacheFolder, exists, makeInPlace } from './cache.ts'

/** The command that tools/NAME/go.mod pins: its path in the cache, where Go builds it once, in one to ten minutes. */
export async function goTool(name: string): Promise<string> {
  const folder = fileURLToPath(new URL(`../tools/${name}/`, import.meta.url))
  const [module, sums] = await Promise.all(['go.mod', 'go.sum'].map(file => readFile(join(folder, file), 'utf8')))
  const command = /^tool (\S+)$/m.exec(module ?? '')?.[1]
  if (command === undefined) throw new Error(`tools/${name}/go.mod names no tool`)
  const cache = cacheFolder(name, `${module}${sums}`)
  const binary = join(cache, name)
  if (await exists(binary)) return binary
  console.error(`Building ${name} with Go into ${cache}; this takes one to ten minutes, once`)
  await makeInPlace(binary, async unfinished => {
    await promisify(execFile)('go', ['build', '-o', unfinished, command], { cwd: folder, maxBuffer: 2 ** 28 }).catch(
      (cause: NodeJS.ErrnoException) => {
        if (cause.code !== 'ENOENT') throw cause
        throw new Error(`Cannot build ${name}: there is no go on the PATH; install Go from https://go.dev/dl`, { cause })
      },
    )
  })
  return binary
}
