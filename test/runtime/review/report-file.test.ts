import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { execFileSync } from 'node:child_process'
import { lstat, readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { FINE, job, lines, review } from './harness.ts'

t.jobs = 4

const MAIN = fileURLToPath(new URL('../../../runtime/main.ts', import.meta.url))

t.test('review writes a report through a link, into a pipe and a device, and replaces none of them', async t => {
  const cwd = t.testdir({ 'a.yaml': job(), 'target.json': 'before' })
  await symlink('target.json', join(cwd, 'link.json'))
  t.match(await review(['-o', 'text', '-o', 'json=link.json', 'a.yaml'], { cwd }), { code: 1, stderr: '' })
  t.ok((await lstat(join(cwd, 'link.json'))).isSymbolicLink())
  t.match(lines(await readFile(join(cwd, 'target.json'), 'utf8')), [{ rule: 'hangs' }, { kind: 'summary' }])

  execFileSync('mkfifo', [join(cwd, 'pipe')])
  const reading = readFile(join(cwd, 'pipe'), 'utf8')
  t.match(await review(['-o', 'text', '-o', 'json=pipe', 'a.yaml'], { cwd }), { code: 1, stderr: '' })
  t.match(lines(await reading), [{ rule: 'hangs' }, { kind: 'summary' }])
  t.ok((await lstat(join(cwd, 'pipe'))).isFIFO())

  const before = await lstat('/dev/null')
  t.match(await review(['-o', 'text', '-o', 'json=/dev/null', 'a.yaml'], { cwd }), { code: 1, stderr: '' })
  t.equal((await lstat('/dev/null')).rdev, before.rdev)
  const { stdout } = await review(['-o', 'json=/dev/stdout', 'a.yaml'], { cwd })
  t.match(lines(stdout), [{ rule: 'hangs' }, { kind: 'summary' }])
  t.strictSame((await readdir(cwd)).toSorted(), ['a.yaml', 'link.json', 'pipe', 'target.json'])
})

t.test('review does not write a report over a manifest, nor two into one file', async t => {
  const cwd = t.testdir({ 'a.yaml': FINE })
  t.match(await review(['-o', 'json=./a.yaml', 'a.yaml'], { cwd }), {
    code: 64,
    stderr: /^error: -o would write over a\.yaml, which is to be reviewed\n/,
  })
  t.match(await review(['-o', 'json=x', '-o', 'sarif=./x', 'a.yaml'], { cwd }), { code: 64, stderr: /^error: -o names x twice/ })
  t.equal(await readFile(join(cwd, 'a.yaml'), 'utf8'), FINE)
  t.strictSame(await readdir(cwd), ['a.yaml'])
})

t.test('review whose output nobody reads to its end says so by its exit code, and leaves no draft of a report', async t => {
  const cwd = t.testdir(Object.fromEntries(Array.from({ length: 800 }, (_, index) => [`${index}.yaml`, job()])))
  const child = spawn(process.execPath, [MAIN, 'review', '-o', 'text', '-o', 'json=r.json', '.'], { cwd })
  child.stdout.once('data', () => child.stdout.destroy())
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  t.strictSame([code, stderr], [141, ''])
  t.equal((await readdir(cwd)).length, 800)
})
