import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { shownCommands } from '../../scripts/readme.ts'

/** The page docs/ci.md. */
export const page = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8')

/** The text of its YAML block that begins with this comment. Throws Error when there is none. */
export function fileOf(name: string): string {
  const blocks = [...page.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block)
  const block = blocks.find(text => text.startsWith(`# ${name}\n`))
  if (block === undefined) throw new Error(`docs/ci.md has no file ${name}`)
  return block
}

/** Its only command in which all of these words are. Throws Error when there is none, or another. */
export function commandWith(...words: readonly string[]): string {
  const [found, ...others] = shownCommands(page)
    .map(({ command }) => command)
    .filter(command => words.every(word => command.includes(word)))
  if (found === undefined || others.length > 0) throw new Error(`docs/ci.md has not one command with ${words.join(', ')}`)
  return found
}

/** What a shell makes of a command, as a CI service starts it: the first failure is the end. */
export function shell(command: string, { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv }) {
  const { status, stdout, stderr } = spawnSync('sh', ['-ec', command], { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28 })
  return { status, stdout, stderr }
}
