import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join, parse } from 'node:path'
import { Script } from 'node:vm'

/**
 * Compiles files, and keeps what V8 has compiled of them for the next run. Node's own compile cache holds what is compiled
 * before a file runs (nodejs/node, src/compile_cache.cc), but V8 compiles most functions when they are first called, and
 * that is most of what a short run does.
 */
export interface CodeCache {
  /** The file's script, whose value is the function of a CommonJS module. */
  script(path: string): Script
  /** Keeps what was not kept yet, with all that has been compiled since. Where that cannot be nothing is said. */
  save(): void
}

export interface CodeCacheOptions {
  readonly env: NodeJS.ProcessEnv
  /** What the code is kept for: for another purpose other functions of a file are called. */
  readonly purpose: string
  /** Another for each version of the files: V8 only compares their lengths. */
  readonly build: string
  /** Whose code is trusted, as sudo may keep another's HOME. Default: this process's user. */
  readonly user?: number | undefined
}

export function openCodeCache({ env, purpose, build, user = process.getuid?.() }: CodeCacheOptions): CodeCache {
  const { HOME, XDG_CACHE_HOME, NODE_DISABLE_COMPILE_CACHE } = env
  const caches = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
  const isOff = !caches || NODE_DISABLE_COMPILE_CACHE
  const ours = join(caches ?? '', 'sidecar-reaper')
  const folder = join(ours, `${process.version}-${process.arch}`)
  const fresh: { readonly place: string; readonly version: string; readonly script: Script }[] = []
  return {
    script: path => {
      const place = join(folder, `${purpose}-${parse(path).name}`)
      // Whoever edits a bundle need not change its length, and makes no build.
      const version = isOff ? '' : `${build} ${statSync(path).mtimeMs}`
      const cachedData = isOff ? undefined : kept(place, version, user)
      // Bundles are ASCII.
      const script = new Script(`(function(exports,require,module,__filename,__dirname){${readFileSync(path, 'latin1')}\n})`, {
        filename: path,
        ...(cachedData && { cachedData }),
      })
      if (!cachedData || script.cachedDataRejected) fresh.push({ place, version, script })
      return script
    },
    save: () => {
      if (isOff || fresh.length === 0) return
      try {
        if (!isMade(ours, user) || !isMade(folder, user)) return
        for (const { place, version, script } of fresh) keep(place, version, script.createCachedData())
      } catch {
        // Another run may keep it.
      }
    },
  }
}

/** What is kept begins with a line: the version of the source, and a checksum of what follows. */
const MAX_LINE = 200

function kept(place: string, version: string, user: number | undefined): Buffer | undefined {
  try {
    const bytes = ownBytes(place, user)
    if (bytes === undefined) return undefined
    const data = bytes.subarray(bytes.subarray(0, MAX_LINE).indexOf('\n') + 1)
    const line = header(version, data)
    return bytes.toString('latin1', 0, line.length) === line ? data : undefined
  } catch {
    return undefined
  }
}

/** The bytes of a file of that user. */
function ownBytes(place: string, user: number | undefined): Buffer | undefined {
  const fd = openSync(place, constants.O_RDONLY | constants.O_NONBLOCK) // a pipe would be waited for
  try {
    return user === undefined || fstatSync(fd).uid === user ? readFileSync(fd) : undefined
  } finally {
    closeSync(fd)
  }
}

function keep(place: string, version: string, data: Buffer): void {
  const unfinished = `${place}.${process.pid}`
  const fd = openSync(unfinished, 'wx') // containers share numbers
  try {
    writeFileSync(fd, Buffer.concat([Buffer.from(header(version, data)), data]))
    renameSync(unfinished, place)
  } catch {
    rmSync(unfinished)
  } finally {
    closeSync(fd)
  }
}

function header(version: string, data: Buffer): string {
  return `${version} ${checksum(data)}\n`
}

/** Of one byte in 509, wherever it is in its word: what was never written, as in a crash, are pages of 4096. */
function checksum(data: Buffer): number {
  let sum = data.length
  for (let index = 0; index < data.length; index += 509) sum = Math.imul(sum ^ (data[index] ?? 0), 0x01000193) // FNV-1a
  return sum
}

/** Whether there is such a folder now, and that user's own: who may follow another's links may be led anywhere. */
function isMade(folder: string, user: number | undefined): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch {
    const stat = lstatSync(folder, { throwIfNoEntry: false })
    return stat !== undefined && stat.isDirectory() && (user === undefined || stat.uid === user)
  }
}
