import { readFile } from 'node:fs/promises'
import t from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import { readConfig } from '../runtime/config.ts'
import { run, settingsTable, shownCommands } from '../scripts/readme.ts'

const page = await readFile(new URL('../README.md', import.meta.url), 'utf8')
const commands = shownCommands(page)
const surroundings = { env: {}, stdout: {}, stderr: {} }

for (const { command, output } of commands.filter(shown => shown.output !== '')) {
  t.test(`the README shows what ${command} prints`, async t => {
    t.equal(withoutChance(await run(command)), withoutChance(output), 'if the new output is right: node scripts/readme.ts')
  })
}

for (const { command } of commands.filter(shown => shown.command.startsWith('sidecar-reaper '))) {
  t.test(`the command line takes the README's ${command}`, async t => {
    await t.resolves(readConfig(command.split(' ').slice(1), surroundings))
  })
}

t.test('every npm script that the README names is one', t => {
  const named = [...page.matchAll(/npm (?:run (?:--silent )?)?([a-z:]+)/g)]
    .map(([, name = '']) => name)
    .filter(name => name !== 'ci' && name !== 'run')
  const known = Object.keys(packageJson.scripts)
  t.strictSame(
    named.filter(name => !known.includes(name)),
    [],
  )
  t.ok(named.length > 0)
  t.end()
})

t.test('the README has every setting with its default', t => {
  t.ok(page.includes(settingsTable()), 'if the settings are right: node scripts/readme.ts')
  t.end()
})

/** Without names that are made up anew, times, ages, hashes, and the order and padding that come with them. */
function withoutChance(text: string): string {
  const lines = text
    .replace(/-[a-z0-9]{5}\b(?= )/g, '-xxxxx')
    .replace(/\(\d+\.\d s\)/g, '(0.0 s)')
    .replace(/\d+d\d+h/g, '1d1h')
    .replace(/sha256 [0-9a-f]+/g, 'sha256 0')
    .split('\n')
    .map(line => line.replace(/ +/g, ' ').trimEnd())
  return lines.toSorted().join('\n')
}
