import { type Config, isDebugging, readConfig } from './config.ts'
import { EXIT } from './exit.ts'
import { failure } from './failure.ts'
import { processTerminal, type Terminal } from './terminal.ts'

const terminal = processTerminal()

process.on('uncaughtException', error => {
  process.exit(fail(error))
})
// Where nothing is left to wait for, and main() waits all the same, it has not come to its end.
process.on('beforeExit', () => process.exit(EXIT.failed))
void main()

async function main(): Promise<never> {
  const code = await readConfig(process.argv.slice(2), process, terminal.signal)
    .then(config => run(config, terminal))
    .catch(fail)
  await terminal.flush()
  // A connection that a proxy never answers for can be had from nobody, but would hold the event loop.
  process.exit(terminal.interruptedBy() ?? code)
}

/** Each command is loaded only when it is asked for: a start pays for nothing else. */
async function run(config: Config, terminal: Terminal): Promise<number> {
  switch (config.command) {
    case 'print':
      terminal.out(config.text)
      return EXIT.fine
    case 'sweep':
      return (await import('./command/sweep.ts')).sweepCommand(config, terminal)
    case 'explain':
      return (await import('./command/explain.ts')).explainCommand(config, terminal)
    case 'doctor':
      return (await import('./command/doctor.ts')).doctorCommand(config, terminal)
    case 'review':
      return (await import('./command/review.ts')).reviewCommand(config, terminal)
    case 'expect':
      return (await import('./command/expect.ts')).expectCommand(config, terminal)
    case 'catalogue':
      return (await import('./command/catalogue.ts')).catalogueCommand(config, terminal)
    case 'fn':
      return (await import('./command/fn.ts')).fnCommand(terminal)
    case 'render':
      return (await import('./command/render.ts')).renderCommand(config, terminal)
    case 'version':
      return (await import('./command/version.ts')).versionCommand(config, terminal)
    case 'completion':
      return (await import('./command/completion.ts')).completionCommand(config, terminal)
  }
}

/** Says what went wrong and gives back the exit code; to have been told to stop is nothing to say. */
function fail(error: unknown): number {
  if (terminal.signal.aborted && error instanceof Error && error.name === 'AbortError') return EXIT.closed // after a signal, that one's code counts
  const { lines, code } = failure(error, isDebugging())
  terminal.err(lines.map(line => `${line}\n`).join(''))
  return code
}
