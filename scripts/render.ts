import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { gunzipSync } from 'node:zlib'
import { load } from 'js-yaml'
import { decodeReaperOptions } from '../generator/reaper/options.ts'
import { rendered } from '../runtime/command/render.ts'

// Writes the manifests of config/, which `kubectl apply -k` takes as they are. With --check nothing is written: it fails
// unless what is committed is what the generator renders. The program in them is dist/'s: build first.

/** The folders, and the options that each of them is rendered with. */
const VARIANTS = {
  cluster: {},
  namespaced: { sweep: 'default' },
  exec: { settings: { ways: ['exec', 'http', 'signal', 'complete'] } },
} as const

const HEADER = '# Rendered by scripts/render.ts, not written by hand: npm run render.\n'

/** Files by path in config/. */
export type Files = ReadonlyMap<string, string>

/** What config/ has to be; the program is the same for all and in a folder of its own. */
export async function renderedFiles(): Promise<Files> {
  const files = new Map<string, string>()
  for (const [folder, options] of Object.entries(VARIANTS)) {
    const own: string[] = []
    const program: string[] = []
    for (const { file, text } of await rendered(decodeReaperOptions(options, folder))) {
      const isProgram = file.startsWith('program-')
      ;(isProgram ? program : own).push(file)
      files.set(`${isProgram ? 'program' : folder}/${file}`, HEADER + text)
    }
    files.set(`${folder}/kustomization.yaml`, kustomization([...own, '../program']))
    files.set('program/kustomization.yaml', kustomization(program))
  }
  return files
}

function kustomization(resources: readonly string[]): string {
  const lines = resources.map(resource => `  - ${resource}\n`).join('')
  return `${HEADER}apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n${lines}`
}

/** The folders of config/ that are rendered as they are committed. */
export async function committedFiles(): Promise<Files> {
  const files = new Map<string, string>()
  for (const folder of [...Object.keys(VARIANTS), 'program']) {
    for (const name of await readdir(config(folder)).catch(() => []))
      files.set(`${folder}/${name}`, await readFile(config(`${folder}/${name}`), 'utf8'))
  }
  return files
}

/** Paths that are not what they have to be. Compressed bytes may differ between builds of zlib: what they hold is compared. */
export function staleFiles(wanted: Files, found: Files): readonly string[] {
  const paths = new Set([...wanted.keys(), ...found.keys()])
  return [...paths].filter(path => wanted.get(path) !== found.get(path) && !holdsTheSame(path, wanted, found))
}

function holdsTheSame(path: string, wanted: Files, found: Files): boolean {
  const isProgram = path.startsWith('program/program-') && wanted.has(path) && found.has(path)
  return isProgram && program(wanted) === program(found)
}

/** All that the parts unpack to, each file under its name. */
function program(files: Files): string {
  const parts = [...files]
    .filter(([path]) => path.startsWith('program/program-'))
    .flatMap(([, text]) => Object.entries((load(text) as { readonly binaryData: Record<string, string> }).binaryData)) // rendered by us
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
  const whole = Map.groupBy(parts, ([key]) => key.replace(/\.gz\.\d+$/, ''))
  return [...whole]
    .map(
      ([name, pieces]) =>
        `${name}\n${gunzipSync(Buffer.concat(pieces.map(([, base64]) => Buffer.from(base64, 'base64')))).toString('latin1')}`,
    )
    .join('\n')
}

function config(path: string): URL {
  return new URL(`../config/${path}`, import.meta.url)
}

async function write(wanted: Files, found: Files): Promise<void> {
  for (const path of staleFiles(wanted, found)) {
    const text = wanted.get(path)
    if (text === undefined) await rm(config(path))
    else {
      await mkdir(dirname(fileURLToPath(config(path))), { recursive: true })
      await writeFile(config(path), text)
    }
    console.log(`config/${path}`)
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values: options } = parseArgs({ options: { check: { type: 'boolean', default: false } } })
  const [wanted, found] = [await renderedFiles(), await committedFiles()]
  if (options.check) {
    const stale = staleFiles(wanted, found)
    if (stale.length > 0) console.error(`Not what the generator renders: ${stale.map(path => `config/${path}`).join(', ')}; npm run render`)
    process.exitCode = stale.length > 0 ? 1 : 0
  } else await write(wanted, found)
}
