import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { pythonTools } from '../../scripts/python-tools.ts'
import { FINE, job, MISSPELT } from '../runtime/review/harness.ts'
import { checkout, commit, reaching, ROOT } from './checkout.ts'
import { fileOf } from './page.ts'

// The hook of docs/ci.md, with the real pre-commit, which installs it by npm from the address there.

t.setTimeout(900_000)

const python = await pythonTools()
const NAME = '.pre-commit-config.yaml'

t.test('pre-commit takes .pre-commit-hooks.yaml for a manifest of hooks', async t => {
  const { status, stdout } = spawnSync(python, ['-m', 'pre_commit', 'validate-manifest', '.pre-commit-hooks.yaml'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  t.strictSame({ status, stdout }, { status: 0, stdout: '' })
})

t.test('pre-commit installs the hook from git, and it reviews the files that the page lets through', async t => {
  const home = t.testdir({
    repository: {},
    npm: {},
    store: {},
    work: { [NAME]: fileOf(NAME), deploy: { 'job.yaml': job(), 'other.yaml': FINE, 'notes.txt': job() }, elsewhere: { 'job.yaml': job() } },
  })
  const cwd = join(home, 'work')
  const env = { ...reaching(checkout(join(home, 'repository')), join(home, 'npm')), PRE_COMMIT_HOME: join(home, 'store') }
  const run = (text: string) => {
    writeFileSync(join(cwd, 'deploy', 'job.yaml'), text)
    const { status, stdout, stderr } = spawnSync(python, ['-m', 'pre_commit', 'run', '--all-files'], { cwd, env, encoding: 'utf8' })
    return { status, said: `${stdout}${stderr}` }
  }
  commit(cwd)

  t.match(run(job()), {
    status: 1,
    said: /review\.+Failed\n.*\n- exit code: 2\n\ndeploy\/job\.yaml:13:11: error: Job backup never completes.*\n.*\n2 objects in 2 files reviewed: 1 error,/,
  })
  t.match(run(MISSPELT), { status: 1, said: /- exit code: 1\n\ndeploy\/job\.yaml:.* warning: / }, 'by the args of the page')
  t.match(run(FINE), { status: 0, said: /review\.+Passed/ })
})
