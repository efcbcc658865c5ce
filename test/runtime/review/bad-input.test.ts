import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { FINE, job, lines, review } from './harness.ts'

// Whatever a folder holds: one clear line for it, everything else reviewed, and no stack trace.
t.jobs = 4

const levels = Array.from(
  { length: 9 },
  (_, level) =>
    `x${level}: &x${level} [${Array(9)
      .fill(level === 0 ? 'x' : `*x${level - 1}`)
      .join()}]`,
)
const bomb = `${FINE}${levels.join('\n')}\n`

const CASES: Readonly<Record<string, readonly [text: string | Buffer, line: RegExp]>> = {
  'tab.yaml': [
    'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: x\n',
    /^tab\.yaml:4:1: error: tab characters must not be used in indentation; indent with spaces$/,
  ],
  'twice.yaml': [`${FINE}kind: Pod\n`, /^twice\.yaml:15:1: error: duplicated mapping key; keep one of them/],
  'twice.json': ['{"apiVersion": "v1", "kind": "Pod", "kind": "Job"}', /^twice\.json:1:38: error: duplicated mapping key/],
  'broken.yaml': ['apiVersion: v1\nkind: [Pod\n', /^broken\.yaml:3:1: error: .+; correct it, or leave the file out with --ignore$/],
  'bomb.yaml': [
    bomb,
    /^bomb\.yaml:1:1: error: is endless, or larger than a cluster would keep, with its aliases written out; write out the few/,
  ],
  'endless.yaml': [`x: &x [*x]\n${FINE}`, /^endless\.yaml:1:1: error: is endless, or larger/],
  'large.yaml': [`${FINE}x: "${'x'.repeat(4_000_000)}"\n`, /^large\.yaml:1:1: error: is endless, or larger/],
  'many.yaml': [`a: &a 1\nb: [${'*a,'.repeat(1001)}]\n${FINE}`, /^many\.yaml:2:\d+: error: aliases exceeded maxAliases \(1000\)/],
  'alias.yaml': [`${FINE}x: *nobody\n`, /^alias\.yaml:15:5: error: unidentified alias "nobody"/],
  'deep.yaml': [`${FINE}x: ${'['.repeat(500)}${']'.repeat(500)}\n`, /^deep\.yaml:15:\d+: error: nesting exceeded/],
  'tag.yaml': [`${FINE}x: !vault secret\n`, /^tag\.yaml:15:4: error: unknown scalar tag .*; kubectl knows no such tag/],
  'template.yaml': [
    'apiVersion: v1\n{{- if .Values.x }}\nkind: Job\n{{- end }}\n',
    /^template\.yaml:\d+:\d+: error: .*helm template CHART \| sidecar-reaper review -$/,
  ],
  'latin.yaml': [
    Buffer.from('apiVersion: v1\nkind: Pod # f\xfcr\n', 'latin1'),
    /^latin\.yaml: error: is not UTF-8 text; .* save it as UTF-8/,
  ],
  'binary.yaml': [Buffer.from('apiVersion\0\x01\x02'), /^binary\.yaml:1:11: error: is a binary file, expected YAML or JSON$/],
  'list.yaml': ['# one\n- a\n', /^list\.yaml:2:1: note: is a list, expected a Kubernetes object; passed over$/],
  'text.yaml': [`${FINE}---\nHello\n`, /^text\.yaml:16:1: note: is a plain value, expected a Kubernetes object; passed over$/],
  'other.json': ['{"a": 1} }', /^other\.json:1:10: note: .*; passed over, it speaks of no apiVersion$/],
}

t.test('review says of each bad file in one line where and why, and reviews the others', async t => {
  const cwd = t.testdir({ 'z.yaml': job() })
  for (const [name, [text]] of Object.entries(CASES)) await writeFile(join(cwd, name), text)
  const { code, stdout, stderr } = await review(['-o', 'json', '.'], { cwd })
  t.equal(code, 1)
  t.notMatch(stderr, /^\s+at |node:internal/m)
  const said = stderr.trimEnd().split('\n')
  for (const [name, [, line]] of Object.entries(CASES))
    t.match(
      said.filter(one => one.startsWith(`${name}:`)),
      [line],
      name,
    )
  t.equal(said.length, Object.keys(CASES).length)
  const problems = said.filter(line => line.includes(': error: ')).length
  t.match(lines(stdout).at(-1), { kind: 'summary', files: said.length + 1, error: 1, problems, notes: said.length - problems })
})

t.test('review says which document of a file cannot be read, and reviews the others', async t => {
  const documents = [job(), 'apiVersion: v1\nkind: [Pod\n', FINE, 'a: 1\na: 2\n', job({ name: 'last' })]
  const cwd = t.testdir({ 'a.yaml': documents.join('---\n'), 'end.yaml': `${job()}---\nkind: {\n` })
  const { code, stdout, stderr } = await review(['a.yaml'], { cwd })
  t.equal(code, 1)
  t.match(
    stderr,
    /^a\.yaml:18:1: error: .+; correct it, or leave the file out with --ignore\na\.yaml:35:1: note: 1 more document cannot be read either\n$/,
  )
  t.match(stdout, /^a\.yaml:13:11: error: .*\(hangs\)$/m)
  t.match(stdout, /^a\.yaml:49:11: error: Job last .*\(hangs\)$/m)
  t.match(stdout, /^3 objects in 1 file reviewed: 2 errors, .* 1 not reviewed\.$/m)
  t.match(await review(['end.yaml'], { cwd }), { code: 1, stdout: /^end\.yaml:13:11: error: /, stderr: /^end\.yaml:\d+:1: error: / })
})

t.test('review says nothing of what holds no manifest: empty documents, other mappings, other apiVersions', async t => {
  const texts = [
    '',
    '\n',
    '# only\n',
    '---\n---\n...\n',
    'a: 1\n',
    '{}',
    'apiVersion: v2\nname: chart\n',
    job().replace('batch/v1', 'example.org/v9'),
  ]
  const cwd = t.testdir(Object.fromEntries(texts.map((text, index) => [`${index}.yaml`, text])))
  const { code, stdout, stderr } = await review(['.'], { cwd })
  t.strictSame([code, stderr], [0, ''])
  t.equal(stdout, '1 object in 8 files reviewed: 0 errors, 0 warnings, 0 infos.\n')
})

t.test('review refuses 100 MB before it reads them, and reviews the others', async t => {
  const cwd = t.testdir({ 'a.yaml': '', 'b.yaml': FINE })
  await truncate(join(cwd, 'a.yaml'), 100 * 1024 * 1024)
  const { code, stdout, stderr } = await review(['.'], { cwd })
  t.equal(code, 1)
  t.equal(stderr, 'a.yaml: error: is larger than 64 MiB; split it, one file for each object\n')
  t.match(stdout, /^1 object in 2 files reviewed: .* 1 not reviewed\.\n$/)
})

t.test('review reads standard input that is none, or too large', async t => {
  t.match(await review(['-'], { stdin: 'a: [' }), { code: 1, stderr: /^<stdin>:1:5: error: / })
  t.match(await review(['-'], { stdin: Buffer.alloc(65 * 1024 * 1024, 0x20) }), {
    code: 1,
    stderr: /^<stdin>: error: is larger than 64 MiB/,
  })
  t.match(await review(['-'], { stdin: '' }), { code: 0, stdout: /^0 objects in 1 file reviewed/ })
})

t.test('review reads a stream of documents that is longer than one of them may be', async t => {
  const long = `---\n# ${'x'.repeat(12 * 1024 * 1024)}\n`
  const { code, stdout } = await review(['-'], { stdin: `${long.repeat(3)}---\n${job()}` })
  t.equal(code, 1)
  t.match(stdout, /^<stdin>:20:11: error: .*\n.*\n1 object in 1 file reviewed: 1 error,/)
  t.match(await review(['-'], { stdin: `${FINE}---\n# ${'x'.repeat(33 * 1024 * 1024)}\n---\n` }), {
    code: 1,
    stderr: '<stdin>:15:1: error: has a document of more than 32 MiB from here on; split it, one document for each object\n',
  })
})

t.test('review says the same of what is wrong in a long stream as in a short one', async t => {
  const texts = (length: number) => {
    const other = `---\n# ${'x'.repeat(length)}\n`
    return {
      'double.yaml': `a: "b\n${other}`,
      'single.yaml': `--- 'b\n${other}`,
      'flow.yaml': `${other}a: [1,\n${other}`,
      'indented.yaml': `${other}a:\n   b: 1\n  c: 1\n${other}`,
      'alias.yaml': `a: &a 1\n${other}b: *a\n${other}`,
      'last.yaml': `${other}${other}a: {`,
    }
  }
  const cwd = t.testdir({ long: texts(300_000), short: texts(1) })
  const [long, short] = [await review(['long'], { cwd }), await review(['short'], { cwd })]
  t.equal(short.stderr.split('\n').length, Object.keys(texts(1)).length + 1)
  t.equal(long.stderr.replaceAll('long/', 'short/'), short.stderr)
})

t.test('review follows links, but not in circles, and says of one that leads nowhere', async t => {
  const cwd = t.testdir({ a: { 'job.yaml': job() } })
  await mkdir(join(cwd, 'b'))
  await symlink('../a/job.yaml', join(cwd, 'b/job.yaml'))
  await symlink('.', join(cwd, 'b/up'))
  await symlink('nowhere', join(cwd, 'b/gone.yaml'))
  await symlink('self.yaml', join(cwd, 'b/self.yaml'))
  const { code, stdout, stderr } = await review(['b'], { cwd })
  t.equal(code, 1)
  t.match(stdout, /^b\/job\.yaml:13:11: error: /)
  t.strictSame(stderr.trimEnd().split('\n').toSorted(), [
    'b/gone.yaml: error: is a link to a file that does not exist',
    'b/self.yaml: error: too many symbolic links',
    'b/up: note: is a link to a folder above it, which is reviewed already',
  ])
})

t.test('review escapes what a terminal would obey, in names of files and of everything else', async t => {
  const evil = 'a\u{1b}[2J\u{202e}.yaml'
  const cwd = t.testdir({})
  await writeFile(join(cwd, evil), job().replace('name: backup', 'name: "b\\e[31m\\n::error::x"'))
  await writeFile(join(cwd, `b${evil}`), 'x: *a\u{1b}[2J')
  for (const output of ['text', 'json']) {
    const { stdout, stderr } = await review(['-o', output, '.'], { cwd })
    t.notMatch((stdout + stderr).replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u, output)
    t.notMatch(stdout, /^::error/m)
  }
})

t.test('review judges a List of ten thousand in seconds', { timeout: 60_000 }, async t => {
  const item = `- ${job().trimEnd().replaceAll('\n', '\n  ')}\n`
  const stdin = `apiVersion: v1\nkind: List\nitems:\n${item.repeat(10_000)}`
  const { code, stdout } = await review(['-'], { stdin })
  t.equal(code, 1)
  t.match(stdout, /\n<stdin>:140002:13: error: [^]*\n10000 objects in 1 file reviewed: 10000 errors/)
})
