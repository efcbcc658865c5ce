import { execFileSync } from 'node:child_process'
import { chmod, chown, link, lstat, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { load } from 'js-yaml'
import t from 'tap'
import { fixText } from '../../../runtime/review/fix.ts'
import { replaceFile } from '../../../runtime/review/replace-file.ts'
import { loadReview, type Finding, type Operation, type Review } from '../../../runtime/review.ts'
import { COMMITTED } from '../../policy/committed.ts'
import { FINE, job, lines, MISSPELT, review } from './harness.ts'

const compiled = await loadReview(COMMITTED)

/** The text mended by the real policy, or why not. */
function fixed(text: string, { by = compiled }: { readonly by?: Review } = {}): string {
  const fix = fixText(text, { review: by, selection: { rules: [], minSeverity: 'warning' } })
  return fix.kind === 'fixed' ? fix.text : `${fix.finding.rule}: ${fix.reason}`
}

const MENDED = job()
  .replace('        - name: vector', '      initContainers:\n        - name: vector')
  .replace(/$/, '          restartPolicy: Always\n')

t.test('fixText() changes only the lines that the patch is about, comments kept', async t => {
  t.equal(fixed(job()), MENDED)
})

t.test('fixText() leaves unusual layout, other documents and line ends as they are', async t => {
  const odd = job().replace('backoffLimit', 'x').replace('  name: backup', "  name:   'backup'   # odd\n  labels: { a: b,c: d }\n\n")
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    odd: [
      odd,
      odd.replace('        - name: vector', '      initContainers:\n        - name: vector') + '          restartPolicy: Always\n',
    ],
    documents: [
      `# top\n---\n${FINE}...\n---\n${job()}---\n# odd\na:    1 # x\n`,
      `# top\n---\n${FINE}...\n---\n${MENDED}---\n# odd\na:    1 # x\n`,
    ],
    list: [listed(job(), FINE, job()), listed(MENDED, FINE, MENDED)],
    windows: [job().replaceAll('\n', '\r\n'), MENDED.replaceAll('\n', '\r\n')],
    mark: [`\uFEFF${job()}`, `\uFEFF${MENDED}`],
    none: [FINE, FINE],
    'no patch': [MISSPELT, MISSPELT],
  }
  for (const [name, [before, after]] of Object.entries(cases)) t.equal(fixed(before), after, name)
})

t.test('fixText() keeps the layout of every line that it does not change, as odd as it may be', async t => {
  const odd = job().replace(
    'image: acme/work',
    'image:   acme/work\n          args: [a,b, "c"]\n          env: [ { name: A, value: "1" },{name: B} ]',
  )
  t.equal(
    fixed(odd),
    odd.replace('        - name: vector', '      initContainers:\n        - name: vector') + '          restartPolicy: Always\n',
  )
})

t.test('fixText() leaves JSON alone that has a number which JavaScript would write as another', async t => {
  for (const number of ['9007199254740993', '1.0', '1e3']) {
    const text = JSON.stringify(load(job()), null, 2).replace('600', number)
    t.match(fixed(text), /^hangs: it has the number /, number)
  }
})

/** A List of these objects. */
function listed(...texts: readonly string[]): string {
  return `apiVersion: v1\nkind: List\nitems:\n${texts.map(text => `  - ${text.trimEnd().replaceAll('\n', '\n    ')}\n`).join('')}`
}

t.test('fixText() keeps the indent of JSON, and of lists that are not indented', async t => {
  const value = load(job())
  for (const indent of ['  ', '\t', '']) {
    const text = JSON.stringify(value, null, indent)
    t.equal(fixed(`${text}\n`), `${JSON.stringify(load(MENDED), null, indent)}\n`)
  }
  const flat = (text: string) => text.replaceAll(/^ {8}/gm, '      ').replaceAll(/^ {8}(?=name|image|restart)/gm, '        ')
  t.equal(fixed(flat(job())), flat(MENDED))
})

t.test('fixText() mends several findings of a text, each judged anew', async t => {
  const two = `${job().trimEnd()}\n        - name: envoy\n          image: envoyproxy/envoy:v1.36.2\n`
  const text = fixed(`${two}---\n${job({ name: 'other' })}`)
  t.strictSame(compiled.findings(load(text.split('---\n')[0] ?? '') as object), [])
  t.match(load(text.split('---\n')[0] ?? ''), {
    spec: {
      template: {
        spec: {
          containers: [{ name: 'main' }],
          initContainers: [
            { name: 'envoy', restartPolicy: 'Always' },
            { name: 'vector', restartPolicy: 'Always' },
          ],
        },
      },
    },
  })
  t.strictSame(compiled.findings(load(text.split('---\n')[1] ?? '') as object), [])
})

t.test('fixText() changes nothing where a patch cannot work, or does not mend', async t => {
  const aliased = job().replace('metadata:', 'metadata: &m').replace('  template:\n', '  template:\n    metadata: *m\n')
  t.equal(fixed(aliased), 'hangs: it has YAML aliases, which no patch can follow; write them out')
  const judging = (patch: readonly Operation[], after: readonly string[] = []): Review => {
    const finding = (rule: string): Finding => ({
      ...(compiled.findings(load(job()) as object)[0] as Finding),
      rule,
      fix: { text: '', patch },
    })
    return { ...compiled, findings: manifest => ('done' in manifest ? after.map(finding) : [finding('r')]) }
  }
  const add: Operation = { op: 'add', path: '/done', value: 'true' }
  t.equal(fixed(FINE, { by: judging([add]) }), `${FINE}done: 'true'\n`)
  t.equal(fixed(FINE, { by: judging([add], ['r']) }), 'r: its patch does not mend it')
  t.equal(fixed(FINE, { by: judging([add], ['x', 'y']) }), 'r: its patch makes it worse')
  t.equal(fixed(FINE, { by: judging([{ op: 'remove', path: '/spec/nowhere' }]) }), 'r: Cannot patch /spec/nowhere: it is not there')
  t.equal(fixed(FINE, { by: judging([{ op: 'test', path: '/kind', value: 'Pod' }]) }), 'r: Cannot patch /kind: it is not "Pod"')
  t.equal(
    fixed(FINE, { by: judging([{ op: 'add', path: '/nowhere/at', value: 1 }]) }),
    'r: Cannot patch /nowhere/at: there is nothing that could hold it',
  )
})

t.test('review --fix mends files in their place, and says what is left', async t => {
  const cwd = t.testdir({ 'a.yaml': job(), 'b.yaml': MISSPELT, real: { 'c.yaml': job() } })
  await chmod(join(cwd, 'a.yaml'), 0o640)
  await symlink('real/c.yaml', join(cwd, 'c.yaml'))
  const { code, stdout, stderr } = await review(['--fix', 'a.yaml', 'b.yaml', 'c.yaml'], { cwd })
  t.strictSame([code, stderr], [0, ''])
  t.match(stdout, /^a\.yaml:13:11: fixed: Job backup never completes.* \(hangs\)\nb\.yaml:9:9: warning: [^]*\nc\.yaml:13:11: fixed: /)
  t.match(stdout, /\n3 objects in 3 files reviewed: 0 errors, 1 warning, 0 infos, 2 fixed\.\n$/)
  t.strictSame(await Promise.all(['a.yaml', 'b.yaml', 'real/c.yaml'].map(file => readFile(join(cwd, file), 'utf8'))), [
    MENDED,
    MISSPELT,
    MENDED,
  ])
  t.equal((await stat(join(cwd, 'a.yaml'))).mode & 0o777, 0o640)
  t.ok((await lstat(join(cwd, 'c.yaml'))).isSymbolicLink())
  t.strictSame((await readdir(cwd)).toSorted(), ['a.yaml', 'b.yaml', 'c.yaml', 'real'], 'no drafts are left')
  t.match(await review(['--fix', 'a.yaml'], { cwd }), {
    code: 0,
    stdout: /^1 object in 1 file reviewed: 0 errors, 0 warnings, 0 infos\.\n$/,
  })
})

t.test('replaceFile() keeps every name of a file, and its owner', async t => {
  const cwd = t.testdir({ 'a.yaml': 'old' })
  const [one, other] = ['a.yaml', 'b.yaml'].map(name => join(cwd, name)) as [string, string]
  await link(one, other)
  await replaceFile(one, 'old', 'mended')
  t.strictSame(await Promise.all([one, other].map(path => readFile(path, 'utf8'))), ['mended', 'mended'])
  t.equal((await stat(one)).ino, (await stat(other)).ino)
  const mine = t.testdir({ 'c.yaml': 'old' })
  if (process.getuid?.() === 0) await chown(join(mine, 'c.yaml'), 12_345, 12_345)
  const { uid, gid } = await stat(join(mine, 'c.yaml'))
  await replaceFile(join(mine, 'c.yaml'), 'old', 'mended')
  t.match(await stat(join(mine, 'c.yaml')), { uid, gid })
})

t.test('replaceFile() keeps a byte order mark, and leaves a file that was changed meanwhile', async t => {
  const cwd = t.testdir({ 'mark.yaml': `\uFEFF${job().replaceAll('\n', '\r\n')}`, 'other.yaml': 'new' })
  t.match(await review(['--fix', 'mark.yaml'], { cwd }), { code: 0, stderr: '' })
  t.equal(await readFile(join(cwd, 'mark.yaml'), 'utf8'), `\uFEFF${MENDED.replaceAll('\n', '\r\n')}`)
  await t.rejects(replaceFile(join(cwd, 'other.yaml'), 'old', 'mended'), { name: 'RangeError', message: 'the file was changed meanwhile' })
  t.equal(await readFile(join(cwd, 'other.yaml'), 'utf8'), 'new')
  t.strictSame((await readdir(cwd)).toSorted(), ['mark.yaml', 'other.yaml'])
})

t.test('review --fix leaves a file alone as a whole when one of its findings cannot be mended', async t => {
  const aliased = `${job()}---\n${job().replace('metadata:', 'metadata: &m').replace('  template:\n', '  template:\n    metadata: *m\n')}`
  const cwd = t.testdir({ 'a.yaml': aliased, 'broken.yaml': `${job()}a: [\n` })
  const { code, stderr } = await review(['--fix', '.'], { cwd })
  t.equal(code, 1)
  t.match(stderr, /^a\.yaml:13:11: note: nothing was fixed here: it has YAML aliases.*\nbroken\.yaml:16:1: error: /)
  t.equal(await readFile(join(cwd, 'a.yaml'), 'utf8'), aliased)
})

t.test('review --fix mends infos only where they are asked for', async t => {
  const asked = job({ annotations: 'sidecar-reaper/sidecars: vector' })
  const cwd = t.testdir({ 'a.yaml': asked })
  t.match(await review(['--fix', 'a.yaml'], { cwd }), { code: 0, stdout: /^a\.yaml:16:11: info: / })
  t.equal(await readFile(join(cwd, 'a.yaml'), 'utf8'), asked)
  t.match(await review(['--fix', '--rule', 'needs-reaper', 'a.yaml'], { cwd }), { code: 0, stdout: /^a\.yaml:16:11: fixed: / })
  t.match(await readFile(join(cwd, 'a.yaml'), 'utf8'), / {6}initContainers:\n {8}- name: vector # ships logs\n/)
})

t.test('review --diff prints what --fix would change, and git apply makes the same of it', async t => {
  const cwd = t.testdir({ 'a.yaml': job(), sub: { 'b.yaml': job() } })
  const { code, stdout, stderr } = await review(['--diff', '.'], { cwd })
  t.equal(code, 1, 'nothing was mended')
  t.match(stderr, /^a\.yaml:13:11: error: [^]*\n2 objects in 2 files reviewed: 2 errors, 0 warnings, 0 infos\.\n$/)
  t.match(stdout, /^--- a\/a\.yaml\n\+\+\+ b\/a\.yaml\n@@ /)
  t.equal(await readFile(join(cwd, 'a.yaml'), 'utf8'), job())
  await writeFile(join(cwd, 'the.diff'), stdout)
  execFileSync('git', ['apply', 'the.diff'], { cwd, env: { ...process.env, GIT_CEILING_DIRECTORIES: join(cwd, '..') } })
  t.strictSame(await Promise.all(['a.yaml', 'sub/b.yaml'].map(file => readFile(join(cwd, file), 'utf8'))), [MENDED, MENDED])
})

t.test('review --diff keeps standard output to itself, and neither takes standard input', async t => {
  const cwd = t.testdir({ 'a.yaml': job() })
  t.match(await review(['--diff', '-o', 'json', 'a.yaml'], { cwd }), {
    code: 64,
    stderr: /^error: --diff needs standard output for itself: give json a file\n/,
  })
  t.match(await review(['--fix', '-'], { cwd }), { code: 64, stderr: /^error: --fix needs files/ })
  const { stdout } = await review(['--fix', '-o', 'json', 'a.yaml'], { cwd })
  t.match(lines(stdout), [
    { kind: 'finding', fixed: true, rule: 'hangs', line: 13 },
    { kind: 'summary', error: 0, fixed: 1 },
  ])
})
