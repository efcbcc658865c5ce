import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { commandLine, type BenchOptions } from './command-line.ts'
import { help } from './help.ts'
import type { Findings } from './measure.ts'
import { table } from './report/table.ts'
import { runPart } from './run-part.ts'

const BUILD = fileURLToPath(new URL('../../scripts/build.ts', import.meta.url))
const usage = 64

/** Measures the parts one after the other, prints one table of all, and gives back 1 when a part could not be measured. */
async function bench({ parts, output, kubernetes }: BenchOptions): Promise<number> {
  await build()
  const all: Findings[] = []
  let exitCode = 0
  for (const part of parts) {
    say(`bench: ${part}`)
    try {
      all.push(await runPart(part, kubernetes))
    } catch (error) {
      say(`bench: ${error instanceof Error ? error.message : String(error)}`)
      exitCode = 1
    }
  }
  const rows = all.flatMap(findings => findings.rows)
  const notes = all.flatMap(findings => findings.notes)
  const text = output === 'json' ? JSON.stringify({ rows, notes }, null, 2) : `${table(rows)}\n${notes.join('\n\n')}`
  process.stdout.write(`${text}\n`)
  return exitCode
}

/** What is measured is what the sources say now. */
async function build(): Promise<void> {
  const [code] = await once(spawn(process.execPath, [BUILD], { stdio: ['ignore', 'ignore', 'inherit'] }), 'exit')
  if (code !== 0) throw new Error(`Cannot measure anything: the build ended with ${code}`)
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

try {
  const command = commandLine(process.argv.slice(2))
  if (command.kind === 'help') process.stdout.write(help)
  else process.exitCode = await bench(command)
} catch (error) {
  say(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = error instanceof SyntaxError ? usage : 1
}
