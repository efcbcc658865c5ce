import { parseArgs } from 'node:util'
import { defaultVersion, versions, type Version } from '../cluster/setup/paths.ts'
import { PARTS, type PartName } from './parts.ts'

/** What the user asked for. */
export type CommandLine = { readonly kind: 'help' } | ({ readonly kind: 'bench' } & BenchOptions)

export interface BenchOptions {
  readonly parts: readonly PartName[]
  readonly output: 'text' | 'json'
  /** Of the cluster that parts run on which need one. */
  readonly kubernetes: Version
}

/** Reads the arguments; throws a SyntaxError of one line for what it can't make sense of. */
export function commandLine(args: readonly string[]): CommandLine {
  const { values, positionals } = parsed(args)
  if (values.help) return { kind: 'help' }
  const names = Object.keys(PARTS) as PartName[] // its keys are the names
  const parts = positionals.map(word => oneOf(names, word, 'part'))
  return {
    kind: 'bench',
    parts: names.filter(name => parts.length === 0 || parts.includes(name)),
    output: oneOf(['text', 'json'], values.output, 'output'),
    kubernetes: oneOf(versions, values.kubernetes, 'Kubernetes version'),
  }
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: args.filter(word => word !== '--'),
      allowPositionals: true,
      options: {
        output: { type: 'string', short: 'o', default: 'text' },
        kubernetes: { type: 'string', default: defaultVersion },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (cause) {
    throw new SyntaxError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function oneOf<const T extends string>(known: readonly T[], word: string, what: string): T {
  const found = known.find(candidate => candidate === word)
  if (found === undefined) throw new SyntaxError(`Unknown ${what} ${word}: expected one of ${known.join(', ')}`)
  return found
}
