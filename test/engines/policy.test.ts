import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { goTool } from '../../scripts/go-tool.ts'
import { shownCommands } from '../../scripts/readme.ts'
import type { FindingRecord } from '../../runtime/review/record.ts'
import { job, lines, review } from '../runtime/review/harness.ts'

// Rego of somebody else, compiled by the real opa as the README says, judges in a review.

t.setTimeout(900_000) // the first run builds opa

const opa = await goTool('opa')
const [PROGRAM, README] = ['dist/sidecar-reaper.mjs', 'README.md'].map(path =>
  fileURLToPath(new URL(`../../${path}`, import.meta.url)),
) as [string, string]
const commands = shownCommands(await readFile(README, 'utf8')).map(({ command }) => command)
const [BUILD = '', REVIEW = ''] = commands.filter(command => command.includes('bundle.tar.gz'))

const POLICY = `package main

deny contains $"{input.kind} {input.metadata.name} names no team" if {
	not input.metadata.labels.team
}

deny contains sprintf("team %s is not known", [input.metadata.labels.team]) if not input.metadata.labels.team in data.teams

warn contains {"msg": "keeps its pods for ever", "path": ["spec", "template"], "container": "main"} if {
	input.kind == "Job"
	not input.spec.ttlSecondsAfterFinished
}
`

/** A folder with that policy as a bundle, and a manifest. */
function folder(policy: string, manifest: string): string {
  const cwd = t.testdir({
    bin: { 'sidecar-reaper': t.fixture('symlink', PROGRAM) },
    policy: { 'main.rego': policy, 'data.json': '{"teams": ["ops"]}' },
    deploy: { 'a.yaml': manifest },
  })
  const { status, stderr } = shell(BUILD, cwd)
  t.equal(status, 0, stderr)
  return cwd
}

function shell(command: string, cwd: string) {
  const path = [join(cwd, 'bin'), dirname(process.execPath), dirname(opa), process.env['PATH']].join(delimiter)
  return spawnSync('sh', ['-c', command], { cwd, encoding: 'utf8', env: { ...process.env, PATH: path } })
}

const FINE = job({ image: 'acme/logs' })

t.test('the commands of the README build a bundle and review by it', async t => {
  const { status, stdout } = shell(REVIEW, folder(POLICY, FINE))
  t.equal(status, 1)
  t.match(stdout, /^deploy\/a\.yaml:1:1: error: Job backup names no team \(main\/deny\)\n {4}fix: see main\/deny in bundle\.tar\.gz\n/m)
  t.match(stdout, /^deploy\/a\.yaml:6:3: warning: keeps its pods for ever \(main\/warn\)\n/m)
})

t.test('its data and the builtins that JavaScript lends count, for every item of a List', async t => {
  const labelled = (team: string) => FINE.replace('name: backup', `name: ${team}, labels: { team: ${team} }`)
  const items = ['ops', 'sales'].map(team => `  - ${labelled(team).trimEnd().replaceAll('\n', '\n    ')}\n`)
  const cwd = folder(POLICY, `apiVersion: v1\nkind: List\nitems:\n${items.join('')}`)
  const { stdout } = await review(['-o', 'json', '--policy', 'bundle.tar.gz', '--min-severity', 'error', 'deploy'], { cwd })
  t.match(lines(stdout), [
    { kind: 'finding', message: 'team sales is not known', object: { name: 'sales' } },
    { kind: 'summary', error: 1 },
  ])
})

t.test('an answer in another shape, or a builtin that is not to be had, is an error of the manifest beside all others', async t => {
  for (const [policy, message] of [
    ['package main\n\ndeny contains 1\n\nwarn := []\n', /^cannot be judged: the answer is no list of sentences/],
    ['package main\n\ndeny contains time.format(1)\n\nwarn := []\n', /^cannot be judged: not implemented: built-in function/],
  ] as const) {
    const cwd = folder(policy, job())
    const { code, stdout, stderr } = await review(['-o', 'json', '--policy', 'bundle.tar.gz', 'deploy'], { cwd })
    t.strictSame([code, stderr], [1, ''])
    t.match(lines(stdout), [{ rule: 'hangs' }, { rule: 'main/deny', severity: 'error', message }, { kind: 'summary', error: 2 }])
  }
})

t.test('entry points count by the names that conftest knows, and --rule takes no other', async t => {
  const rego = ['deny', 'deny_team', 'violation_x', 'warn_y', 'toString', 'denial'].map(name => `${name} contains "${name}" if input.kind`)
  const cwd = t.testdir({ 'p.rego': `package main\n\n${rego.join('\n\n')}\n`, 'a.yaml': FINE })
  const points = ['deny', 'deny_team', 'violation_x', 'warn_y', 'toString', 'denial'].flatMap(name => ['-e', `main/${name}`])
  t.equal(spawnSync(opa, ['build', '-t', 'wasm', ...points, '-o', 'b.tar.gz', 'p.rego'], { cwd }).status, 0)
  const { stdout } = await review(['-o', 'json', '--policy', 'b.tar.gz', 'a.yaml'], { cwd })
  const found = (lines(stdout) as readonly FindingRecord[]).slice(0, -1).map(({ rule, severity }) => `${rule} ${severity}`)
  t.strictSame(new Set(found), new Set(['main/deny error', 'main/deny_team error', 'main/violation_x error', 'main/warn_y warning']))
  t.match(await review(['--policy', 'b.tar.gz', '--rule', 'hagns', 'a.yaml'], { cwd }), {
    code: 64,
    stderr: /^error: unknown rule 'hagns', did you mean hangs\?\n/,
  })
  t.match(await review(['--policy', 'b.tar.gz', '--rule', 'main/warn_y', 'a.yaml'], { cwd }), { code: 0, stdout: /warning: warn_y/ })
})

t.test('a bundle without an entry point that we know says which there may be', async t => {
  const cwd = folder('package main\n\ndeny := []\n\nwarn := []\n', FINE)
  const built = shell(BUILD.replaceAll('main/deny', 'main/other').replace('-e main/warn', ''), cwd)
  t.not(built.status, 0, 'opa refuses an entry point that is not there')
  const other = t.testdir({ 'p.rego': 'package main\n\nother := []\n' })
  t.equal(spawnSync(opa, ['build', '-t', 'wasm', '-e', 'main/other', '-o', 'b.tar.gz', 'p.rego'], { cwd: other }).status, 0)
  t.match(await review(['--policy', 'b.tar.gz', '.'], { cwd: other }), {
    code: 64,
    stderr: /^error: Cannot load the policy b\.tar\.gz: it has no entry point deny, violation, warn, findings; build it with opa/,
  })
})
