import { spawnSync } from 'node:child_process'
import { readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const BUILT = fileURLToPath(new URL('../../dist/sidecar-reaper.mjs', import.meta.url))

function version(env: Readonly<Record<string, string>>) {
  const { stdout, stderr, status } = spawnSync(process.execPath, [BUILT, 'version'], { env, encoding: 'utf8', timeout: 30_000 })
  return { said: /^sidecar-reaper \d/.test(stdout), stderr, status }
}

const FINE = { said: true, stderr: '', status: 0 }

t.test('what is compiled is kept in the user’s cache, unless that is turned off', async t => {
  const home = t.testdir({ '.cache': {}, other: {} })
  const kept = (cache: string) => readdirSync(join(home, cache), { recursive: true }).length
  t.strictSame(version({ HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' }), FINE)
  t.equal(kept('.cache'), 0)
  t.strictSame(version({ HOME: home }), FINE)
  t.ok(kept('.cache') > 0)
  t.strictSame(version({ HOME: home }), FINE)
  t.strictSame(version({ HOME: home, XDG_CACHE_HOME: join(home, 'other') }), FINE)
  t.ok(kept('other') > 0)
})

t.test('each command has code of its own, and a slip has none', async t => {
  const home = t.testdir({ '.cache': {}, 'job.yaml': '' })
  const kept = () =>
    readdirSync(join(home, '.cache'), { recursive: true, encoding: 'utf8' })
      .map(path => path.split('/').slice(2).join('/'))
      .filter(path => path !== '')
      .toSorted()
  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [BUILT, ...args], { env: { HOME: home }, encoding: 'utf8' }).status
  t.equal(run('reveiw', home), 64)
  t.strictSame(kept(), [])
  t.equal(run('reveiw', '--help'), 0)
  t.equal(run('review', '--help'), 0)
  t.strictSame(kept(), ['program-program'])
  t.equal(run('review', home), 0)
  t.strictSame(kept(), ['program-program', 'review-program'])
})

t.test('where there is no cache, or nothing can be kept in it, nothing is made or said', async t => {
  const home = t.testdir({ '.cache': 'no folder', empty: {} })
  symlinkSync('nothing', join(home, 'dangling'))
  for (const env of [
    {},
    { HOME: join(home, 'empty') },
    { HOME: join(home, 'none') },
    { HOME: home },
    { XDG_CACHE_HOME: '/proc' },
    { XDG_CACHE_HOME: join(home, 'dangling') },
  ])
    t.strictSame(version(env), FINE, JSON.stringify(env))
  t.strictSame(readdirSync(home).toSorted(), ['.cache', 'dangling', 'empty'])
  t.strictSame(readdirSync(join(home, 'empty')), [])
})

t.test('what can never end is no success', async t => {
  const home = t.testdir({
    'never.cjs': 'WebAssembly.instantiate = () => new Promise(() => {})',
    'job.yaml': 'apiVersion: v1\nkind: Pod\n',
  })
  const { status } = spawnSync(process.execPath, ['--require', join(home, 'never.cjs'), BUILT, 'review', home], { env: {} })
  t.equal(status, 1)
})
