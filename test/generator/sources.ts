import { readFile } from 'node:fs/promises'
import { decodeReaperOptions } from '../../generator/reaper/options.ts'
import type { ReaperSources } from '../../generator/reaper/reaper.ts'
import { TEMPLATES } from '../../generator/reaper/templates.ts'
import { builtInRows } from '../../scripts/policy/artifacts.ts'

const policy = { name: 'policy.wasm', bytes: await readFile(new URL('../../dist/policy.wasm', import.meta.url)) }

/** The committed sources with a small program in place of the bundle: it prints its arguments. */
export const sources: ReaperSources = {
  templates: TEMPLATES,
  catalogue: await builtInRows(),
  program: [{ name: 'sidecar-reaper.mjs', bytes: Buffer.from('console.log(...process.argv.slice(2))\n') }, policy],
}

/** Options with everything that is not given at its default. */
export function options(given: object = {}) {
  return decodeReaperOptions(given, 'options')
}
