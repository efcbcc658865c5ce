import { isDeepStrictEqual } from 'node:util'
import type { Evidence } from './evidence.ts'

/** One thing that was looked at: what was found where something else was expected, or nothing. */
export type Check = Readonly<{ title: string; problem?: Problem | undefined }>
export type Problem = Readonly<{ expected: unknown; found: unknown }>

export function equal(title: string, expected: unknown, found: unknown): Check {
  return isDeepStrictEqual(expected, found) ? { title } : { title, problem: { expected, found } }
}

/** That these lines of the actors, `sidecar exit 0`, came in this order. */
export function inOrder(title: string, lines: Evidence['lines'], expected: readonly string[]): Check {
  const found = lines.map(({ name, event }) => `${name} ${event}`).filter(line => expected.includes(line))
  return equal(title, expected, found)
}
