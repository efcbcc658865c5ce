import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import t from 'tap'
import { pythonTools } from '../../scripts/python-tools.ts'
import { FINE, job, MISSPELT } from '../runtime/review/harness.ts'
import { checkout, reaching, ROOT } from './checkout.ts'
import { fileOf } from './page.ts'

// The steps of action.yml, run as the Actions runner runs them: its expressions filled in, then bash.

t.setTimeout(900_000)

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>
  readonly runs: {
    readonly steps: readonly { readonly shell: string; readonly run: string; readonly env?: Readonly<Record<string, string>> }[]
  }
}

interface Workflow {
  readonly jobs: {
    readonly review: { readonly steps: readonly { readonly uses: string; readonly with?: Readonly<Record<string, unknown>> }[] }
  }
}

const action = load(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action // its schema is checked below
const home = t.testdir({ repository: {}, npm: {}, temp: {} })
const env = reaching(checkout(join(home, 'repository')), join(home, 'npm'))

/** All of its steps in that folder, with these inputs as a workflow gives them; the first failure is the end. */
function run(cwd: string, inputs: Readonly<Record<string, string>> = {}) {
  let stdout = ''
  for (const { run: script, env: names = {} } of action.runs.steps) {
    const file = join(home, 'step.sh')
    writeFileSync(file, script)
    const filled = Object.fromEntries(Object.entries(names).map(([name, text]) => [name, expression(text, inputs)]))
    const step = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', file], {
      cwd,
      env: { ...env, ...filled, GITHUB_ACTION_PATH: join(home, 'repository'), TMPDIR: join(home, 'temp') },
      encoding: 'utf8',
    })
    stdout += step.stdout
    if (step.status !== 0) return { status: step.status, stdout, stderr: step.stderr }
  }
  return { status: 0, stdout, stderr: '' }
}

function expression(text: string, inputs: Readonly<Record<string, string>>): string {
  const [, name = ''] = /^\$\{\{ inputs\.([a-z-]+) \}\}$/.exec(text) ?? []
  const value = inputs[name] ?? action.inputs[name]?.default
  if (value === undefined) throw new Error(`${text} is no input`)
  return value
}

/** The lines that the runner takes for commands, without those that stop and resume it. */
function commands(stdout: string): readonly string[] {
  const [before = '', token = '', ...rest] = stdout.split(/^::stop-commands::(\S+)\n/m)
  const [, after = ''] = rest.join('').split(`\n::${token}::\n`)
  return `${before}${after}`.split('\n').filter(line => line.trimStart().startsWith('::'))
}

t.test('action.yml and the workflow of docs/ci.md are what GitHub takes, and no input is part of a script', async t => {
  const python = await pythonTools()
  const cwd = t.testdir({ 'workflow.yml': fileOf('.github/workflows/review.yml') })
  for (const check of [
    ['vendor.github-actions', join(ROOT, 'action.yml')],
    ['vendor.github-workflows', join(cwd, 'workflow.yml')],
  ]) {
    const { status, stdout } = spawnSync(python, ['-m', 'check_jsonschema', '--builtin-schema', ...check], { encoding: 'utf8' })
    t.equal(status, 0, stdout)
  }
  for (const step of action.runs.steps) {
    t.equal(step.shell, 'bash')
    t.notMatch(step.run, /\$\{\{/)
  }
})

t.test('the action builds itself once, and shows what hangs beside its line', async t => {
  const cwd = t.testdir({ deploy: { 'job.yaml': job() } })
  const { status, stdout } = run(cwd)
  t.equal(status, 1)
  t.equal(commands(stdout).length, 1)
  t.match(commands(stdout), [/^::error file=deploy\/job\.yaml,line=13,col=11,title=hangs::Job backup never completes.*; fix: /])
  t.match(stdout, /\ndeploy\/job\.yaml:13:11: error: Job backup .*\n.*\n1 object in 1 file reviewed: 1 error,/)
  t.match(run(cwd).stdout, /^::error file=/, 'npm has nothing to say the second time')
  t.strictSame(
    readdirSync(join(home, 'temp')).filter(name => name.startsWith('tmp.')),
    [],
    'mktemp leaves nothing',
  )
})

t.test('the step of docs/ci.md does what its inputs say', async t => {
  const { steps } = (load(fileOf('.github/workflows/review.yml')) as Workflow).jobs.review // checked above
  const inputs = steps.find(({ uses }) => uses.startsWith('example/sidecar-reaper@'))?.with ?? {}
  const words = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)])) // as the runner gives them
  t.strictSame(Object.keys(words).toSorted(), Object.keys(action.inputs).toSorted())
  const cwd = t.testdir({
    'settings.yaml': 'mode: enforce',
    deploy: {
      'job.yaml': job(),
      'warning.yaml': MISSPELT,
      charts: { 'job.yaml': job({ name: 'chart' }) },
      generated: { 'job.yaml': job({ name: 'made' }) },
    },
    jobs: { 'one.yaml': job({ name: 'one', annotations: 'sidecar-reaper/sidecars: nobody' }) },
    elsewhere: { 'job.yaml': job({ name: 'elsewhere' }) },
  })
  const { status, stdout } = run(cwd, words)
  t.match(stdout, /\n3 objects in 3 files reviewed: /)
  t.equal(status, 1, 'a warning')
  t.equal(run(cwd, { ...words, 'fail-on-warn': 'false' }).status, 0)
  t.equal(run(cwd, { ...words, settings: '' }).status, 2, 'without the settings an error')
  t.match(readFileSync(join(cwd, 'review.sarif'), 'utf8'), /"ruleId":"name-without-container"/)
})

t.test('the action takes its inputs for words, whatever they are', async t => {
  const cwd = t.testdir({ 'my deploy': { 'a $(touch x).yaml': job() }, '-o': { 'job.yaml': job() }, fine: { 'job.yaml': FINE } })
  const named = (paths: string) => run(cwd, { paths })
  t.match(named('my deploy'), { status: 1, stdout: /^::error file=my deploy\/a \$\(touch x\)\.yaml,/ })
  t.match(named('\n  my deploy/a $(touch x).yaml  \n\n  fine\n'), { status: 1, stdout: /\n2 objects in 2 files reviewed: / })
  t.match(named('-o'), { status: 1, stdout: /^::error file=-o\/job\.yaml,/ })
  for (const word of ['$(touch x)', '`touch x`', '"; touch x; "', "'; touch x; '", '--settings=/dev/null', '${IFS}touch', '\\', '*'])
    t.match(run(cwd, { paths: `fine\n${word}` }), { status: 1 }, word)
  for (const word of ['$(touch x)', '"; touch x; "', '`touch x`']) {
    t.match(run(cwd, { paths: 'fine', args: word }), { status: 1 }, word)
    t.match(run(cwd, { paths: 'fine', args: `--ignore=${word}\n` }), { status: 0 }, word)
    t.match(run(cwd, { paths: 'fine', settings: word }), { status: 64 }, word)
    t.match(run(cwd, { paths: 'fine', sarif: `${word}.sarif` }), { status: 0 }, word)
    t.ok(existsSync(join(cwd, `${word}.sarif`)))
    t.match(run(cwd, { 'fail-on-warn': word }), { status: 64, stdout: /^::error::The input fail-on-warn is neither true nor false\n$/ })
  }
  t.match(run(cwd, { paths: 'fine', args: '--no-such-option' }), { status: 64, stdout: /unknown option '--no-such-option'/ })
  t.match(run(cwd, { paths: '' }), { status: 64, stdout: /error: name a PATH: / })
  t.notOk(existsSync(join(cwd, 'x')))
})

t.test('a file that is named like a command is none to the runner', async t => {
  const cwd = t.testdir({})
  for (const name of ['::add-mask::a', '::warning::broken']) mkdirSync(join(cwd, `${name}.d`))
  writeFileSync(join(cwd, '::add-mask::a.d', 'job.yaml'), job())
  writeFileSync(join(cwd, '::warning::broken.d', 'job.yaml'), 'apiVersion: [')
  const { status, stdout } = run(cwd)
  t.equal(status, 1)
  t.match(stdout, /\n::add-mask::a\.d\/job\.yaml:13:11: error: /, 'the report has it as it is')
  t.match(stdout, /\n::warning::broken\.d\/job\.yaml:.*: error: /)
  t.equal(commands(stdout).length, 2)
  t.match(commands(stdout), [/^::error file=%3A%3Aadd-mask%3A%3Aa\.d\//, /^::error file=%3A%3Awarning%3A%3Abroken\.d\//])
})
