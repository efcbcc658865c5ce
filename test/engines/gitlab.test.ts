import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { load } from 'js-yaml'
import t from 'tap'
import { pythonTools } from '../../scripts/python-tools.ts'
import { FINE, job } from '../runtime/review/harness.ts'
import { checkout, reaching, ROOT } from './checkout.ts'
import { fileOf, shell } from './page.ts'

// The job of docs/ci.md, its script run as it stands there.

t.setTimeout(900_000)

const FILE = 'docs/examples/gitlab-ci.yml'
const text = readFileSync(join(ROOT, FILE), 'utf8')

interface Pipeline {
  readonly 'sidecar-reaper': {
    readonly script: readonly string[]
    readonly artifacts: { readonly reports: { readonly junit: string } }
  }
}

t.test('docs/ci.md shows the file, and GitLab takes it', async t => {
  t.equal(fileOf('.gitlab-ci.yml'), `# .gitlab-ci.yml\n${text}`)
  const check = ['-m', 'check_jsonschema', '--builtin-schema', 'vendor.gitlab-ci', FILE]
  t.match(spawnSync(await pythonTools(), check, { cwd: ROOT, encoding: 'utf8' }), { status: 0 })
})

t.test('its script installs the program from git, fails for what hangs, and reports it as the artifact says', async t => {
  const home = t.testdir({ repository: {}, npm: {}, work: { deploy: { 'job.yaml': job() } } })
  const at = { cwd: join(home, 'work'), env: reaching(checkout(join(home, 'repository')), join(home, 'npm')) }
  const { script, artifacts } = (load(text) as Pipeline)['sidecar-reaper'] // checked above
  const report = join(at.cwd, artifacts.reports.junit)

  t.match(shell(script.join('\n'), at), { status: 1, stdout: /^deploy\/job\.yaml:13:11: error: Job backup never completes/ })
  t.match(readFileSync(report, 'utf8'), /<failure [^>]*message="[^"]*Job backup never completes/)
  rmSync(report)
  writeFileSync(join(at.cwd, 'deploy', 'job.yaml'), FINE)
  t.match(shell(script.join('\n'), at), { status: 0, stdout: /^1 object in 1 file reviewed: 0 errors/ })
  t.notMatch(readFileSync(report, 'utf8'), /<failure /)
})
