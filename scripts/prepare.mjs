/**
 * What npm runs when it has installed the dependencies, of this folder or of a git dependency, and before it packs: makes
 * dist/sidecar-reaper.mjs, which git does not hold. JavaScript, as the Node of who installs it may be older than ours.
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const has = path => existsSync(new URL(`../${path}`, import.meta.url))

// Without the sources there is nothing to make: the Dockerfile installs the dependencies before it copies them.
if (has('runtime/main.ts')) {
  if (has('node_modules/esbuild')) run('run', '--silent', 'build')
  // `npm install --global git+https://…`, which is pre-commit's too, lets npm prepare its clone as if that were global as
  // well, so without dependencies: https://github.com/npm/cli/issues/8440. Theirs is the whole install, this script included.
  else if (!process.env.SIDECAR_REAPER_PREPARES) run('ci', '--no-global', '--include=dev', '--no-audit', '--no-fund')
  else throw new Error('Cannot build sidecar-reaper: npm ci installs no esbuild; run npm ci --include=dev')
}

function run(...args) {
  const env = { ...process.env, SIDECAR_REAPER_PREPARES: '1' }
  const { status, error } = spawnSync('npm', args, { cwd: root, env, stdio: 'inherit', shell: process.platform === 'win32' })
  if (error) throw error
  process.exitCode = status ?? 1
}
