import { ClusterError } from './cluster.ts'
import { EXIT } from './exit.ts'
import { printable } from './printable.ts'
import { UsageError } from './usage.ts'

/** How an error ends the process. */
export interface Failure {
  /** For standard error. */
  readonly lines: readonly string[]
  readonly code: number
}

/** An error as one line for a person and an exit code; with `isDebugging` its stack and causes follow. */
export function failure(error: unknown, isDebugging: boolean): Failure {
  const lines = error instanceof UsageError ? error.problems : [`error: ${messageOf(error)}`]
  return { lines: isDebugging ? [...lines, ...stacks(error)] : lines, code: exitCode(error) }
}

function exitCode(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage
  if (error instanceof ClusterError) return error.code === 'invalid' ? EXIT.usage : EXIT.unreachable
  // By name: importing the class would load the wasm engine.
  if (error instanceof Error && error.name === 'PolicyError' && 'code' in error && error.code === 'unreadable') return EXIT.usage
  return EXIT.failed
}

function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error)
  return printable(message.replace(/\s*\n\s*/g, '; '), 500)
}

function stacks(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return []
  const stack = (error.stack ?? '').split('\n').map(line => printable(line, 400))
  return error.cause === undefined ? stack : [...stack, 'caused by:', ...stacks(error.cause)]
}
