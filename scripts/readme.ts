/** Writes what the README shows of commands and settings: run after a change of either. test/readme.test.ts holds the README against the same. */
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { settingsJsonSchema } from '../runtime/settings/json-schema.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** One command of a console block, with what it prints below it; empty where the README shows no output. */
export interface Shown {
  readonly command: string
  readonly output: string
}

/** Every command in the console blocks of a page, in order. */
export function shownCommands(page: string): readonly Shown[] {
  const blocks = [...page.matchAll(/^```console\n(.*?)^```$/gms)].map(([, block = '']) => block)
  return blocks.flatMap(block =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map(part => {
        const [command = '', ...lines] = part.split('\n')
        return { command, output: lines.join('\n') }
      }),
  )
}

/** What such a command prints, run in the project's folder with the Node that runs this; `sidecar-reaper` is the built bundle. Throws Error when it fails. */
export async function run(command: string, more: Readonly<Record<string, string>> = {}): Promise<string> {
  const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH']}`, NO_COLOR: '1', ...more }
  const { stdout } = await promisify(execFile)('sh', ['-c', command.replace(/^sidecar-reaper /, 'node dist/sidecar-reaper.mjs ')], {
    cwd: ROOT,
    env,
  })
  return stdout
}

/** An output as it is each time: without made-up names, the order of lines that begin with one, times, ages, and the widths of tables with ages. */
export function withoutChance(output: string): string {
  const text = output
    .replace(/-[bcdfghjklmnpqrstvwxz2456789]{5} /g, '-xxxxx ')
    .replace(/(^\S+-xxxxx .*\n)+/gm, lines =>
      lines
        .split(/(?<=\n)/)
        .toSorted()
        .join(''),
    )
    .replace(/\(\d+\.\d s\)/g, '(0.0 s)')
  const hasAge = /\b\d+d(\d+h)?\b/
  return hasAge.test(text) ? text.replaceAll(new RegExp(hasAge, 'g'), '1d').replaceAll(/ +/g, ' ') : text
}

interface Setting {
  readonly description: string
  readonly default?: unknown
  readonly enum?: readonly string[]
  readonly items?: { readonly enum?: readonly string[] }
  readonly properties?: object
}

/** The settings as a Markdown table, by their JSON Schema. */
export function settingsTable(): string {
  const { properties } = JSON.parse(settingsJsonSchema()) as { properties: Record<string, Setting> } // our own schema
  const settings = Object.entries(properties).filter(([name]) => name !== '$schema')
  const rows = settings.map(([name, setting]) => {
    const cells = [`\`${name}\``, values(setting), defaultText(setting.default), setting.description]
    return `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return ['<!-- prettier-ignore -->', '| setting | values | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

function values(setting: Setting): string {
  const { enum: one, items } = setting
  if (one) return one.map(value => `\`${value}\``).join(', ')
  if (items?.enum) return `list of ${items.enum.map(value => `\`${value}\``).join(', ')}`
  if (items) return 'list of names'
  if (typeof setting.default === 'number') return 'number'
  if (setting.default === null) return 'label key'
  if (setting.properties)
    return Object.keys(setting.properties)
      .map(key => `\`${key}\``)
      .join(', ')
  if (typeof setting.default !== 'string') return 'rows by name'
  return setting.default.endsWith('%') ? 'percentage' : 'duration'
}

function defaultText(value: unknown): string {
  if (Array.isArray(value)) return value.length > 0 ? `\`[${value.join(', ')}]\`` : 'none'
  if (typeof value === 'object') return 'none'
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``
}

/** The page with table and outputs as they are now; an output that differs by chance alone stays as it is. */
async function updated(page: string): Promise<string> {
  let text = page.replace(/<!-- settings -->.*<!-- \/settings -->/s, () => `<!-- settings -->\n${settingsTable()}\n\n<!-- /settings -->`)
  for (const { command, output } of shownCommands(page).filter(shown => shown.output !== '')) {
    const printed = await run(command)
    if (withoutChance(printed) !== withoutChance(output)) text = text.replace(`$ ${command}\n${output}`, () => `$ ${command}\n${printed}`)
  }
  return text
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = new URL('../README.md', import.meta.url)
  await writeFile(file, await updated(await readFile(file, 'utf8')))
}
