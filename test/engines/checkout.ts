import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url))

const ADDRESS = 'https://git.example/sidecar-reaper'
const VERSION = 'v0.1.0'

/** A git repository with the project's files as they are, committed or not, and the version of docs/ci.md as a tag; nothing is built. */
export function checkout(folder: string): string {
  const files = git(ROOT, 'ls-files', '-z', '--cached', '--others', '--exclude-standard').split('\0').filter(Boolean)
  for (const file of files.filter(name => existsSync(join(ROOT, name)))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(join(ROOT, file), join(folder, file))
  }
  commit(folder)
  git(folder, 'tag', VERSION)
  return folder
}

/** Makes a folder a git repository that holds all that is in it. */
export function commit(folder: string): void {
  git(folder, 'init', '--quiet', '--initial-branch=main')
  git(folder, 'add', '--all')
  git(folder, '-c', 'user.name=test', '-c', 'user.email=test@git.example', 'commit', '--quiet', '--message=as it is')
}

/**
 * The environment in which git finds that repository at the address of docs/ci.md, and the first Node on the PATH is the
 * one that runs this. What was made of the address before is forgotten, not what the registry gave: `folder` is npm's.
 */
export function reaching(repository: string, folder: string): NodeJS.ProcessEnv {
  const bin = join(folder, 'bin')
  mkdirSync(bin, { recursive: true })
  for (const name of ['node', 'nodejs']) symlinkSync(process.execPath, join(bin, name)) // nodeenv prefers nodejs
  const warm = join(execFileSync('npm', ['config', 'get', 'cache'], { encoding: 'utf8' }).trim(), '_cacache')
  if (existsSync(warm)) symlinkSync(warm, join(folder, '_cacache'))
  return {
    ...withoutNpm(process.env),
    PATH: [bin, process.env['PATH']].join(delimiter),
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `url.file://${repository}.insteadOf`,
    GIT_CONFIG_VALUE_0: ADDRESS,
    npm_config_cache: folder,
    npm_config_prefer_offline: 'true',
  }
}

/** npm tells its scripts what it was told; another npm below them would take it for its own. */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(
    ([name]) => !/^npm_(config_(local_prefix|prefix|global_prefix)|package_|lifecycle_|command$)/.test(name),
  )
  return Object.fromEntries(own)
}

function git(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', ['-C', folder, ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 })
}
