#!/usr/bin/env node
// Runs program.cjs, which the build puts beside this file.
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { openCodeCache } from './code-cache.ts'
import { EXIT } from './exit.ts'

/** sha256 of what is loaded here, hexadecimal; the build writes it. */
declare const BUILD: string

type ModuleFunction = (exports: object, require: (id: string) => unknown, module: { exports: object }, file: string, folder: string) => void

/** Exit codes of what was done to its end, so that most of what the next run needs has been compiled. */
const DONE: readonly number[] = [EXIT.fine, EXIT.failed, EXIT.errors]

const args = process.argv.slice(2)
const [command = ''] = args
const asksForHelp = args.some(arg => ['help', '-h', '--help'].includes(arg))
const purpose = !asksForHelp && /^[a-z]{1,20}$/.test(command) ? command : 'program'
const cache = openCodeCache({ env: process.env, purpose, build: BUILD })
const nodeRequire = createRequire(import.meta.url)
const modules = new Map<string, object>()

/** The exports of a CommonJS file of ours, which is run once. */
function load(file: string): object {
  const known = modules.get(file)
  if (known) return known
  const module = { exports: {} }
  const run = cache.script(file).runInThisContext() as ModuleFunction // its value
  const folder = dirname(file)
  run(module.exports, id => (id.startsWith('./') ? load(join(folder, id)) : (nodeRequire(id) as unknown)), module, file, folder) // Node types it any
  modules.set(file, module.exports)
  return module.exports
}

process.on('exit', code => {
  if (DONE.includes(code)) cache.save()
})
load(join(import.meta.dirname, 'program.cjs'))
