import { CommanderError } from 'commander'
import { printable } from '../printable.ts'
import { UsageError } from '../usage.ts'
import { type Invocation, program } from './program.ts'

/** What a command line asks for: a command, or a text such as help. */
export type Parsed = { readonly kind: 'invocation'; readonly invocation: Invocation } | { readonly kind: 'text'; readonly text: string }

export interface ParseArgumentsOptions {
  readonly version: string
  /** Columns that help may use. Default 80. */
  readonly columns?: number | undefined
}

/** The command line's grammar; no arguments ask for help. Throws UsageError: one line, and where to read on. */
export function parseArguments(argv: readonly string[], { version, columns = 80 }: ParseArgumentsOptions): Parsed {
  const invocations: Invocation[] = []
  const texts: string[] = []
  const root = program(version, invocation => invocations.push(invocation), argv[0])
  for (const command of [root, ...root.commands]) {
    command.exitOverride().configureOutput({
      writeOut: text => texts.push(text),
      writeErr: () => {}, // the message is in the error
      getOutHelpWidth: () => Math.min(columns, 100),
      getErrHelpWidth: () => 80,
    })
  }
  try {
    root.parse(argv.length === 0 ? ['--help'] : [...argv], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0)
      throw usageError(
        error,
        argv,
        root.commands.map(command => command.name()),
      )
  }
  const [invocation] = invocations
  return invocation ? { kind: 'invocation', invocation } : { kind: 'text', text: texts.join('') }
}

/** A usage error with the line that says where to read on. */
export function usage(message: string, command?: string): UsageError {
  return new UsageError([`error: ${message}`, `See 'sidecar-reaper ${command === undefined ? '' : `${command} `}--help'.`])
}

function usageError(error: CommanderError, argv: readonly string[], commands: readonly string[]): UsageError {
  const command = commands.find(name => name === argv[0])
  // `help NAME` of an unknown name prints the help as an error; every other error has its own message.
  if (error.code === 'commander.help') return usage(`unknown command '${printable(argv[1] ?? '', 60)}'`)
  const message = error.message
    .replace(/^error: /, '')
    .replace(/\n\((.*)\)$/, ' ($1)')
    .replace(/ \(Did you mean/, ', did you mean')
  return usage(printable(tidy(message), 300), command)
}

/** Commander's sentences in our shape: no full stop, the question's bracket closed. */
function tidy(message: string): string {
  return message.replace(/\?\)$/, '?').replace(/\.$/, '')
}
