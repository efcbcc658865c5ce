import { signals } from './behaviour.ts'
import type { Behaviour, Command, End, Signal } from './behaviour.ts'

/** What a command run in a container comes to. */
export type CommandResult =
  | { readonly kind: 'missing'; readonly program: string }
  | {
      readonly kind: 'exit'
      readonly code: number
      readonly stdout?: string
      readonly stderr?: string
      readonly signal?: Signal
      readonly isToPid1?: boolean
      readonly ends?: End
    }

const posixNumbers: Readonly<Record<string, Signal>> = {
  1: 'HUP',
  2: 'INT',
  3: 'QUIT',
  9: 'KILL',
  10: 'USR1',
  12: 'USR2',
  15: 'TERM',
}

/** Interprets a command: what the container declares, `kill`, and `sh -c` of a `kill`; all other programs are missing. */
export function interpret(argv: readonly string[], behaviour: Behaviour): CommandResult {
  const declared = behaviour.commands?.find(command => matches(command, argv.join(' ')))
  if (declared !== undefined) return declaredResult(declared)
  const [path = '', ...args] = argv
  const program = path.replace(/^.*\//, '')
  if (behaviour.missing?.includes(program) === true) return { kind: 'missing', program: path }
  if (program === 'kill') return kill(args)
  if (program === 'sh' && args[0] === '-c') return shell(args[1] ?? '')
  return { kind: 'missing', program: path }
}

function matches({ command }: Command, line: string): boolean {
  return typeof command === 'string' ? command === line : command.test(line)
}

function declaredResult({ exit = 0, stdout, stderr, signal, ends }: Command): CommandResult {
  const output = { ...(stdout !== undefined && { stdout }), ...(stderr !== undefined && { stderr }) }
  return {
    kind: 'exit',
    code: exit,
    ...output,
    ...(signal !== undefined && { signal }),
    ...(ends !== undefined && { ends }),
  }
}

// A shell has kill built in, so it needs no program for it.
function shell(script: string): CommandResult {
  const [program = '', ...args] = script.trim().split(/\s+/)
  return program === 'kill' ? kill(args) : { kind: 'exit', code: 127, stderr: `sh: 1: ${program}: not found\n` }
}

function kill(args: readonly string[]): CommandResult {
  const [pid, option] = args[0] === '-s' ? [args[2], args[1]] : args.length > 1 ? [args[1], args[0]?.replace(/^-/, '')] : [args[0], 'TERM']
  if (pid === undefined || option === undefined) return { kind: 'exit', code: 1, stderr: 'kill: usage: kill [-s sigspec | -sigspec] pid\n' }
  if (pid !== '1') return { kind: 'exit', code: 1, stderr: `kill: can't kill pid ${pid}: No such process\n` }
  if (option === '0') return { kind: 'exit', code: 0 }
  const signal = signals.find(name => name === option.replace(/^SIG/, '')) ?? posixNumbers[option]
  if (signal === undefined) return { kind: 'exit', code: 1, stderr: `kill: invalid signal ${option}\n` }
  // PID 1 can't be killed from inside its own PID namespace: kill answers 0 and nothing happens (seen).
  return signal === 'KILL' ? { kind: 'exit', code: 0 } : { kind: 'exit', code: 0, signal, isToPid1: true }
}
