import { defaultVersion, versions, type Version } from './paths.ts'

const commands = ['up', 'down', 'status', 'kubeconfig', 'kubectl', 'run', 'images', 'help'] as const
type Command = (typeof commands)[number]

/** What the user asked for; `words` is the command for `run` or the arguments for `kubectl`. */
export type CommandLine = Readonly<{ command: Command; version: Version; words: readonly string[] }>

/** Reads the arguments; throws a SyntaxError of one line for what it can't make sense of. */
export function commandLine(args: readonly string[]): CommandLine {
  const { version, rest } = withoutVersion(args)
  const [command, ...words] = rest
  if (command === undefined || command === '--help' || command === '-h') return { command: 'help', version, words: [] }
  const known = oneOf(commands, command, 'command')
  if (known === 'kubectl') return { command: known, version, words: withoutDashes(words) }
  if (words[0] === '--help' || words[0] === '-h') return { command: 'help', version, words: [] }
  if (known === 'run') return { command: known, version, words: commandToRun(words) }
  if (known === 'images' && words.length === 1) return { command: known, version, words }
  if (known === 'images') throw new SyntaxError('Expected images FILE')
  if (words.length > 0) throw new SyntaxError(`Unexpected argument ${words[0]}`)
  return { command: known, version, words: [] }
}

/** Takes --kubernetes out, from before and right behind the command; what follows may be another program's own. */
function withoutVersion(args: readonly string[]): { version: Version; rest: string[] } {
  const rest = [...args]
  let version: Version = defaultVersion
  for (let place = 0; place < 2; place++) {
    const [, inline] = /^--kubernetes=(.*)$/.exec(rest[place] ?? '') ?? []
    if (inline === undefined && rest[place] !== '--kubernetes') continue
    const [, next] = rest.splice(place, inline === undefined ? 2 : 1)
    version = oneOf(versions, inline ?? next, 'Kubernetes version')
    place--
  }
  return { version, rest }
}

function commandToRun(words: readonly string[]): string[] {
  const rest = withoutDashes(words)
  if (rest.length === 0) throw new SyntaxError('Nothing to run: expected run -- COMMAND')
  if (rest.length === words.length && rest[0]?.startsWith('-')) throw new SyntaxError(`Unexpected argument ${rest[0]}`)
  return rest
}

function withoutDashes(words: readonly string[]): string[] {
  return words[0] === '--' ? words.slice(1) : [...words]
}

function oneOf<const T extends string>(known: readonly T[], word: string | undefined, what: string): T {
  const found = known.find(candidate => candidate === word)
  if (found !== undefined) return found
  throw new SyntaxError(`${word === undefined ? `Missing ${what}` : `Unknown ${what} ${word}`}: expected one of ${known.join(', ')}`)
}
