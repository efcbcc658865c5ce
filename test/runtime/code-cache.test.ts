import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t, { type Test } from 'tap'
import { openCodeCache } from '../../runtime/code-cache.ts'

const FUNCTIONS = Array.from({ length: 2000 }, (_, index) => `function f${index}(one, other) { return one.map(x => x + other) }`)
const SOURCE = `exports.answer = () => { ${FUNCTIONS.join('\n')}\n return [${FUNCTIONS.map((_, index) => `f${index}`).join()}].map(f => f([1], 2)[0]) }`
const BUILD = 'b'.repeat(64)

type ModuleFunction = (exports: { answer?: () => number[] }) => void

function folder(t: Test) {
  const home = t.testdir({ '.cache': {}, 'file.cjs': SOURCE })
  const open = (
    options: { readonly env?: NodeJS.ProcessEnv; readonly purpose?: string; readonly build?: string; readonly user?: number } = {},
  ) => openCodeCache({ env: { HOME: home }, purpose: 'review', build: BUILD, ...options })
  /** Runs the file as another process does: whether what was kept served, and what the file answers. */
  const run = (options?: Parameters<typeof open>[0]) => {
    const cache = open(options)
    const script = cache.script(join(home, 'file.cjs'))
    const exports: { answer?: () => number[] } = {}
    ;(script.runInThisContext() as ModuleFunction)(exports)
    const answer = exports.answer?.().length
    cache.save()
    return { served: script.cachedDataRejected === false, answer }
  }
  const kept = join(home, '.cache/sidecar-reaper', `${process.version}-${process.arch}`)
  return { home, kept, run }
}

t.test('what a run has compiled serves the next one of the same purpose', t => {
  const { kept, run } = folder(t)
  t.strictSame(run(), { served: false, answer: 2000 })
  t.strictSame(readdirSync(kept), ['review-file'])
  const before = readFileSync(join(kept, 'review-file'))
  t.strictSame(run(), { served: true, answer: 2000 })
  t.ok(readFileSync(join(kept, 'review-file')).equals(before), 'and is left as it is')
  t.strictSame(run({ purpose: 'sweep' }), { served: false, answer: 2000 })
  t.strictSame(readdirSync(kept), ['review-file', 'sweep-file'])
  t.end()
})

t.test('functions are kept that were compiled when they were called', t => {
  const { home, kept, run } = folder(t)
  run()
  const unrun = openCodeCache({ env: { HOME: home }, purpose: 'unrun', build: BUILD })
  writeFileSync(join(home, 'file.cjs'), `${SOURCE} // V8 knows the other`)
  unrun.script(join(home, 'file.cjs'))
  unrun.save()
  t.ok(readFileSync(join(kept, 'review-file')).length > 2 * readFileSync(join(kept, 'unrun-file')).length)
  t.end()
})

t.test('the code of another build, or what is not whole, does not serve, and is replaced', t => {
  const { kept, run } = folder(t)
  const place = join(kept, 'review-file')
  run()
  t.strictSame(run({ build: 'c'.repeat(64) }), { served: false, answer: 2000 })
  t.strictSame(run({ build: 'c'.repeat(64) }), { served: true, answer: 2000 })
  run()
  const whole = readFileSync(place)
  const neverWritten = Buffer.from(whole).fill(0, 4096, 8192)
  for (const damaged of [whole.subarray(0, whole.length / 2), neverWritten, Buffer.alloc(whole.length), Buffer.alloc(0)]) {
    writeFileSync(place, damaged)
    t.strictSame(run(), { served: false, answer: 2000 })
    t.strictSame(run(), { served: true, answer: 2000 })
  }
  t.end()
})

t.test('nothing is kept where it is turned off, or there is no cache', t => {
  const { home, run } = folder(t)
  for (const env of [
    {},
    { HOME: home, NODE_DISABLE_COMPILE_CACHE: '1' },
    { HOME: join(home, 'none') },
    { HOME: home, XDG_CACHE_HOME: join(home, 'file.cjs') },
    { XDG_CACHE_HOME: '/proc' },
  ])
    for (let times = 0; times < 2; times++) t.strictSame(run({ env }), { served: false, answer: 2000 })
  t.strictSame(readdirSync(home).toSorted(), ['.cache', 'file.cjs'])
  t.strictSame(readdirSync(join(home, '.cache')), [])
  t.end()
})

t.test('the code of another user does not serve', t => {
  const { kept, run } = folder(t)
  run()
  const { uid } = statSync(join(kept, 'review-file'))
  t.notOk(run({ user: uid + 1 }).served)
  t.ok(run({ user: uid }).served)
  t.end()
})

t.test('the code of another user’s folder is not kept', t => {
  const { home, run } = folder(t)
  const user = statSync(home).uid + 1
  mkdirSync(join(home, '.cache/sidecar-reaper'))
  run({ user })
  t.strictSame(readdirSync(join(home, '.cache/sidecar-reaper')), [])
  t.end()
})

t.test('no link is followed to where code is kept', t => {
  const { home, kept, run } = folder(t)
  mkdirSync(join(home, 'elsewhere'))
  mkdirSync(dirname(kept))
  symlinkSync(join(home, 'elsewhere'), kept)
  run()
  t.strictSame(readdirSync(join(home, 'elsewhere')), [])
  t.end()
})

t.test('a source that was edited, and is as long as before, is compiled again', t => {
  const { home, run } = folder(t)
  run()
  const file = join(home, 'file.cjs')
  utimesSync(file, 1, 1)
  t.notOk(run().served)
  t.ok(run().served)
  t.end()
})

t.test('where it cannot be kept, nothing is thrown', t => {
  const { kept, run } = folder(t)
  mkdirSync(dirname(kept))
  writeFileSync(kept, 'no folder')
  t.strictSame(run(), { served: false, answer: 2000 })
  rmSync(kept)
  mkdirSync(join(kept, 'review-file'), { recursive: true })
  t.strictSame(run(), { served: false, answer: 2000 })
  t.strictSame(readdirSync(kept), ['review-file'])
  t.end()
})

t.test('what another process with the same number has not finished is not taken for its own', t => {
  const { kept, run } = folder(t)
  const unfinished = `review-file.${process.pid}`
  mkdirSync(kept, { recursive: true })
  writeFileSync(join(kept, unfinished), 'half of it')
  run()
  t.strictSame(readdirSync(kept), [unfinished])
  t.equal(readFileSync(join(kept, unfinished), 'utf8'), 'half of it')
  t.end()
})
