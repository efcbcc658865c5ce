import { spawnSync } from 'node:child_process'
import { chmod, readFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

const root = fileURLToPath(new URL('..', import.meta.url))
const skip = spawnSync('bash', ['--version']).status !== 0 && 'no bash'

const passing = 'TAP version 14\n1..2\nok 1 - one\nok 2 - two\n'

const TOOLS = ['go', 'kubectl', 'python3', 'zsh', 'fish', 'openssl', 'busybox', 'buildah', 'mmdebstrap']

/** What the gate runs before any cluster, in its order, and which of it prints tests. */
const CHECKS = [
  'ci --no-audit --no-fund',
  'run demo',
  'test',
  'run policy -- --check',
  'run test:companions',
  'run test:engines',
  'run render -- --check',
  'run test:kustomize',
  'run test:fn',
  'run test:image',
]
const TESTED = CHECKS.filter(command => /^test$|^run test:/.test(command))

/** What the gate's commands would say; a command is the words behind npm. */
type World = Readonly<{ up?: readonly string[]; says?: Readonly<Record<string, string>>; fails?: string }>

/** Runs .ci/run with stand-ins for git, npm and all that it looks for, which do nothing but write down how they were called. */
async function gate(t: Test, { up = [], says = {}, fails = 'nothing' }: World) {
  const answers = ['1.34.4', '1.32.2', '1.36.3'].map(
    version =>
      `"run --silent cluster -- status --kubernetes ${version}") echo "${version} is ${up.includes(version) ? 'healthy' : 'not up'}"; exit 1 ;;`,
  )
  const special = Object.entries(says).map(([command, text]) => `"${command}") printf '%b' '${text.replaceAll('\n', '\\n')}' ;;`)
  const directory = t.testdir({
    npm: `#!/bin/sh
echo "$*" >> '${t.testdirName}/calls'
case "$*" in
"${fails}") exit 1 ;;
*" down "*) ;;
${[...special, ...answers].join('\n')}
*) printf '%b' '${passing.replaceAll('\n', '\\n')}' ;;
esac
`,
    git: `#!/bin/sh\n[ "$1" != clone ] || ln -s '${join(root, 'node_modules')}' '${join(root, 'scripts')}' "$5"\n`,
    ...Object.fromEntries(TOOLS.map(tool => [tool, '#!/bin/sh\n'])),
  })
  for (const tool of ['npm', 'git', ...TOOLS]) await chmod(join(directory, tool), 0o755)
  const env = { ...process.env, PATH: `${directory}${delimiter}${process.env['PATH']}` }
  const { stdout, stderr, status } = spawnSync('bash', [join(root, '.ci', 'run')], { env, encoding: 'utf8' })
  const calls = (await readFile(join(directory, 'calls'), 'utf8')).split('\n')
  const down = calls.flatMap(call => (call.includes(' down ') ? [call.replace(/.*--kubernetes /, '')] : []))
  return { status, last: stdout.trim().split('\n').at(-1), stderr, calls, down }
}

t.test('.ci/run counts the tests of all checks, and on each version of suite, harness, pin, companion and install', { skip }, async t => {
  const { status, last, calls } = await gate(t, {})
  t.strictSame([status, last], [0, '52 passed, 0 failed'])
  t.strictSame(calls.slice(0, CHECKS.length + 1), [...CHECKS, 'run --silent cluster -- status --kubernetes 1.34.4'])
  for (const call of ['patch.test.ts', 'review.test.ts', 'doctor.test.ts', 'reaper.test.ts image.tar'])
    t.ok(calls.includes(`run --silent cluster -- run --kubernetes 1.34.4 -- node test/cluster/${call}`), call)
  for (const version of ['1.34.4', '1.32.2', '1.36.3']) {
    t.ok(calls.includes(`run test:cluster -- --kubernetes ${version}`))
    for (const part of ['harness', 'pin', 'companion', 'install'])
      t.ok(calls.includes(`run --silent cluster -- run --kubernetes ${version} -- node test/cluster/${part}.test.ts`))
  }
})

t.test('.ci/run ends at the check that fails', { skip }, async t => {
  for (const [index, fails] of CHECKS.entries()) {
    const failed = await gate(t, { fails })
    t.strictSame([failed.status, failed.calls.filter(Boolean)], [1, CHECKS.slice(0, index + 1)], fails)
  }
})

t.test('.ci/run takes down the clusters that it started, and leaves up what was up before', { skip }, async t => {
  t.strictSame((await gate(t, {})).down, ['1.34.4', '1.32.2', '1.36.3'])
  t.strictSame((await gate(t, { up: ['1.34.4', '1.36.3'] })).down, ['1.32.2'])
})

t.test('.ci/run takes down its cluster when the suite fails there, and no other', { skip }, async t => {
  const suite = 'run test:cluster -- --kubernetes 1.32.2'
  const { status, last, down } = await gate(t, { fails: suite })
  t.strictSame([status, last, down], [1, '32 passed, 1 failed', ['1.34.4', '1.32.2']])
  t.strictSame((await gate(t, { fails: suite, up: ['1.32.2'] })).down, ['1.34.4'])
})

t.test('.ci/run fails when anything is skipped, in a check, the suite or the harness', { skip }, async t => {
  const skipping = passing.replace('two', 'two # SKIP too old')
  for (const command of [
    ...TESTED,
    'run test:cluster -- --kubernetes 1.36.3',
    'run --silent cluster -- run --kubernetes 1.36.3 -- node test/cluster/harness.test.ts',
    'run test:cluster:sidecars -- --kubernetes 1.34.4',
  ]) {
    const { status, stderr } = await gate(t, { says: { [command]: skipping } })
    t.equal(status, 1, command)
    t.match(stderr, /nothing may be skipped:\nok 2 - two # SKIP too old/)
  }
})
