import { execFileSync } from 'node:child_process'
import t from 'tap'
import { type Found, findFiles } from '../../../runtime/review/find.ts'

/** What is found, with the remarks as `kind path: message`. */
async function found(cwd: string, paths: readonly string[], ignore: readonly string[] = []): Promise<readonly string[]> {
  const all: Found[] = []
  for await (const one of findFiles(paths, { cwd, ignore, canBuild: async () => false, signal: new AbortController().signal }))
    all.push(...one)
  return all.flatMap(one =>
    one.kind === 'file' ? [one.path] : one.kind === 'remark' ? [`${one.remark.kind} ${one.remark.file}: ${one.remark.message}`] : [],
  )
}

const TREE = {
  'a.yaml': '',
  'b.yml': '',
  'c.json': '',
  'd.txt': '',
  '.hidden.yaml': '',
  '.github': { 'e.yaml': '' },
  sub: { 'f.yaml': '', deeper: { 'G.YAML': '' } },
}

t.test('findFiles() takes .yaml, .yml and .json of folders, hidden ones left out, in a fixed order', async t => {
  t.strictSame(await found(t.testdir(TREE), ['.']), ['a.yaml', 'b.yml', 'c.json', 'sub/deeper/G.YAML', 'sub/f.yaml'])
})

t.test('findFiles() takes a file that is named whatever its name, and each once', async t => {
  const cwd = t.testdir(TREE)
  t.strictSame(await found(cwd, ['d.txt', './a.yaml', '.hidden.yaml', 'a.yaml', '.github']), [
    'd.txt',
    './a.yaml',
    '.hidden.yaml',
    '.github/e.yaml',
  ])
  t.strictSame(await found(cwd, ['sub/f.yaml', 'sub', '-', '-']), ['sub/f.yaml', 'sub/deeper/G.YAML', '-'])
})

t.test('findFiles() takes patterns, and says of one that matches nothing', async t => {
  const cwd = t.testdir({ ...TREE, 'x[1].yaml': '' })
  t.strictSame(await found(cwd, ['**/*.y*ml']), ['a.yaml', 'b.yml', 'sub/f.yaml', 'x[1].yaml'])
  t.strictSame(await found(cwd, ['s*']), ['sub/deeper/G.YAML', 'sub/f.yaml'])
  t.strictSame(await found(cwd, ['x[1].yaml']), ['x[1].yaml'], 'a name before it is a pattern')
  t.strictSame(await found(cwd, ['']), ['problem "": names no file'], 'an empty variable is not the whole folder')
  t.strictSame(await found(cwd, ['*.toml', 'nowhere']), ['problem *.toml: matches no file', 'problem nowhere: no such file'])
})

t.test('findFiles() leaves out what .gitignore names, from the top of the repository down, as git does', async t => {
  const cwd = t.testdir({
    '.gitignore': 'out/\n*.gen.yaml\n/only-top.yaml\n',
    'only-top.yaml': '',
    'a.gen.yaml': '',
    out: { 'x.yaml': '' },
    sub: {
      '.gitignore': '!kept.gen.yaml\nlocal/\n',
      'only-top.yaml': '',
      'kept.gen.yaml': '',
      'other.gen.yaml': '',
      local: { 'y.yaml': '' },
      out: { 'z.yaml': '' },
    },
  })
  execFileSync('git', ['init', '-q', cwd])
  const listed = execFileSync('git', ['-C', cwd, 'ls-files', '--others', '--exclude-standard', '*.yaml'], { encoding: 'utf8' })
  t.strictSame(await found(cwd, ['.']), listed.trim().split('\n'))
  t.strictSame(await found(cwd, ['sub']), ['sub/kept.gen.yaml', 'sub/only-top.yaml'])
  t.strictSame(await found(cwd, ['**/*.yaml']), ['sub/kept.gen.yaml', 'sub/only-top.yaml'])
  t.strictSame(await found(cwd, ['out/*.yaml']), ['out/x.yaml'])
  t.strictSame(await found(cwd, ['out', 'a.gen.yaml']), ['out/x.yaml', 'a.gen.yaml'], 'unless it is named')
})

t.test('findFiles() leaves out what --ignore names, even where it is named', async t => {
  const cwd = t.testdir(TREE)
  t.strictSame(await found(cwd, ['.', 'a.yaml'], ['sub/', '*.yaml']), ['b.yml', 'c.json'])
  t.strictSame(await found(cwd, ['sub'], ['/sub/deeper', '!x']), ['sub/f.yaml'])
  t.strictSame(await found(`${cwd}/sub`, ['..'], ['a.yaml']), ['../b.yml', '../c.json', '../sub/deeper/G.YAML', '../sub/f.yaml'])
})

t.test('findFiles() says of a Helm chart that its templates have to be rendered', async t => {
  const cwd = t.testdir({ chart: { 'Chart.yaml': '', 'values.yaml': '', crds: { 'a.yaml': '' }, templates: { 'job.yaml': '' } } })
  t.strictSame(await found(cwd, ['.']), [
    'chart/Chart.yaml',
    'chart/crds/a.yaml',
    'note chart/templates: are the templates of the Helm chart chart, which are no YAML yet; review what they render to: helm template chart | sidecar-reaper review -',
    'chart/values.yaml',
  ])
})

t.test('findFiles() lets whoever ends it be heard at each folder', async t => {
  const cwd = t.testdir({ a: { 'a.yaml': '' }, b: { 'b.yaml': '' }, c: { 'c.yaml': '' } })
  const controller = new AbortController()
  const { signal } = controller
  let folders = 0
  const pause = async () => {
    if (++folders === 3) controller.abort()
    signal.throwIfAborted()
  }
  const all: Found[] = []
  await t.rejects(
    async () => {
      for await (const some of findFiles(['.'], { cwd, ignore: [], canBuild: async () => false, signal, pause })) all.push(...some)
    },
    { name: 'AbortError' },
  )
  t.match(all, [{ kind: 'file', path: 'a/a.yaml' }])
})
