import { load } from 'js-yaml'
import { readFile } from 'node:fs/promises'
import { type Manifest, reaperManifests } from '../../generator/reaper/reaper.ts'
import { TEMPLATES } from '../../generator/reaper/templates.ts'
import type { ProgramFile } from '../../generator/reaper/program.ts'
import type { ReaperOptions } from '../../generator/reaper/options.ts'
import type { RenderConfig } from '../config.ts'
import { EXIT } from '../exit.ts'
import { PROGRAM_FILES } from '../files.ts'
import { jsonLine } from '../report/json.ts'
import type { Terminal } from '../terminal.ts'
import { UsageError } from '../usage.ts'
import { readCatalogue } from './compiled.ts'

/** Prints the reaper's manifests, ready for kubectl apply. */
export async function renderCommand({ reaper, format }: RenderConfig, { out }: Terminal): Promise<number> {
  const manifests = await rendered(reaper)
  const texts = manifests.map(({ text }) => (format === 'json' ? jsonLine(load(text) as object) : text)) // our templates are objects
  out(texts.join(format === 'json' ? '' : '---\n'))
  return EXIT.fine
}

/** The manifests made of what this program was built from. */
export async function rendered(options: ReaperOptions): Promise<readonly Manifest[]> {
  const { rows: catalogue } = await readCatalogue()
  return reaperManifests(options, { templates: TEMPLATES, catalogue, program: options.image === null ? await ownProgram() : [] })
}

/** This very program and what belongs beside it. */
async function ownProgram(): Promise<readonly ProgramFile[]> {
  return Promise.all(Object.entries(PROGRAM_FILES).map(async ([name, url]) => ({ name, bytes: await bytes(url) })))
}

async function bytes(file: URL): Promise<Uint8Array> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(
      `error: cannot read ${file.pathname}: ${cause.code ?? cause.message}; npm run build makes it, and with --image it is not needed`,
      { cause },
    )
  })
}
