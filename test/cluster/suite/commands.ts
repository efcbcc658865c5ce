import { readFileSync } from 'node:fs'
import type { Catalogue } from '../../../runtime/catalogue.ts'

// signal.ts: kill itself, the shell's, or the list of processes by which a container finds its own.
const signals = [/^kill -[A-Z0-9]+ \d+$/, /^sh -c kill -[A-Z0-9]+ \d+$/, /^sh -c (?!kill)[^]*\/proc\b/]

const own = ownCommands()

/** True for what a sweep may run in a container: what sends a signal, and the sidecars' own commands. */
export function isCommand(argv: readonly string[]): boolean {
  return signals.some(pattern => pattern.test(argv.join(' '))) || own.some(known => isLike(argv, known))
}

function isLike(argv: readonly string[], known: readonly string[]): boolean {
  return (
    argv.length === known.length &&
    known.every((word, index) => (word === '{port}' ? /^\d+$/.test(argv[index] ?? '') : word === argv[index]))
  )
}

function ownCommands(): (readonly string[])[] {
  const text = readFileSync(new URL('../../../dist/catalogue.json', import.meta.url), 'utf8')
  const { catalogue } = JSON.parse(text) as { catalogue: Catalogue } // a test holds its shape
  const ways = Object.values(catalogue.rows).flatMap(row => row.ways)
  return ways.flatMap(way => (way.way === 'exec' ? [way.argv] : []))
}
