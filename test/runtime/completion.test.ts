import { spawnSync } from 'node:child_process'
import t from 'tap'
import { completion } from '../../runtime/completion.ts'

const HAS_SHELL = (shell: string) => spawnSync(shell, ['--version']).status === 0

/** What bash offers for these words, the last of them being typed. */
function offered(words: readonly string[], cwd = '.'): readonly string[] {
  const script = `${completion('bash')}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_sidecar_reaper
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout, stderr, status } = spawnSync('bash', ['--norc', '-c', script, 'bash', 'sidecar-reaper', ...words], {
    cwd,
    encoding: 'utf8',
  })
  // compopt works only while bash itself completes.
  if (status !== 0 || stderr !== '') throw new Error(`bash: ${stderr}`)
  return stdout.split('\n').filter(Boolean).sort()
}

t.test('completion() in bash', { skip: !HAS_SHELL('bash') && 'no bash' }, async t => {
  t.test('offers commands, then their flags', async t => {
    t.strictSame(offered(['']), ['catalogue', 'completion', 'doctor', 'explain', 'fn', 'help', 'render', 'review', 'sweep', 'version'])
    t.strictSame(offered(['sw']), ['sweep'])
    t.strictSame(offered(['version', '-']), ['--help', '--output', '-h', '-o'])
    t.strictSame(offered(['sweep', '--all']), ['--all-namespaces'])
    t.strictSame(offered(['-']), ['--help', '--version', '-h'])
  })
  t.test('offers the values of a flag, apart or after =', async t => {
    t.strictSame(offered(['sweep', '-o', '']), ['json', 'text'])
    t.strictSame(offered(['review', '-o', '']), ['github', 'json', 'junit', 'sarif', 'text'])
    t.strictSame(offered(['render', '-o', '']), ['json', 'yaml'])
    t.strictSame(offered(['sweep', '--output', '=', 'j']), ['json'])
    t.strictSame(offered(['sweep', '--output', '=']), ['json', 'text'])
    t.strictSame(offered(['sweep', '--fail-on', '']), ['refused'])
    t.strictSame(offered(['sweep', '-n', '']), [])
  })
  t.test('offers files where a file is wanted', async t => {
    const dir = t.testdir({ 'settings.yaml': '', 'set tings.json': '', other: '' })
    t.strictSame(offered(['sweep', '--settings', 'set'], dir), ['set tings.json', 'settings.yaml'])
    t.strictSame(offered(['explain', '-f', 'settings'], dir), ['settings.yaml'])
    t.strictSame(offered(['review', 'ot'], dir), ['other'])
    t.strictSame(offered(['review', '--fix', 'other', 'set'], dir), ['set tings.json', 'settings.yaml'])
    t.strictSame(offered(['review', '--settings', 'ot'], dir), ['other'])
    t.strictSame(offered(['review', '--min-severity', ''], dir), ['error', 'info', 'warning'])
    t.strictSame(offered(['review', '--di'], dir), ['--diff'])
  })
  t.test('finds the command behind flags and their values', async t => {
    t.strictSame(offered(['sweep', '-n', 'help', '-o', 't']), ['text'])
    t.strictSame(offered(['completion', '']), ['bash', 'fish', 'zsh'])
    t.strictSame(offered(['help', 'ex']), ['explain'])
  })
})

t.test('completion() is a script that zsh and fish can read', async t => {
  for (const shell of ['zsh', 'fish'] as const) {
    const script = completion(shell)
    for (const word of ['sweep', 'explain', 'all-namespaces', 'fail-on', 'refused']) t.ok(script.includes(word), `${shell}: ${word}`)
    if (HAS_SHELL(shell))
      t.match(spawnSync(shell, ['-n', `${t.testdir({ script })}/script`], { encoding: 'utf8' }), { status: 0, stderr: '' })
  }
})
