import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { load } from 'js-yaml'
import * as z from 'zod/mini'
import { catalogueRows, indexCatalogue } from '../../runtime/catalogue.ts'
import type { Opa } from './opa.ts'
import { reasonsPage } from './reasons.ts'

const CATALOGUE = new URL('../../policies/catalogue.yaml', import.meta.url)

/** A file that is made from policies/ and committed, by its path in the project. */
export interface Artifact {
  readonly path: string
  readonly bytes: Buffer
}

/** Everything that is made from policies/: the same sources give the same bytes. */
export async function artifacts(opa: Opa): Promise<Artifact[]> {
  return [
    { path: 'dist/policy.wasm', bytes: await policyWasm(opa) },
    { path: 'dist/catalogue.json', bytes: json({ catalogue: indexCatalogue(await rows()) }) },
    { path: 'schemas/catalogue.schema.json', bytes: json(z.toJSONSchema(catalogueRows, { io: 'input' })) },
    { path: 'docs/reasons.md', bytes: Buffer.from(await reasonsPage(opa)) },
  ]
}

async function policyWasm(opa: Opa): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-policy-'))
  try {
    const bundle = join(folder, 'bundle.tar.gz')
    const options = ['--ignore', '*_test.rego', '--capabilities', 'policies/capabilities.json', '--output', bundle]
    await opa('build', '--target', 'wasm', '--entrypoint', 'sidecar/verdict', ...options, 'policies/sidecar')
    await promisify(execFile)('tar', ['-xzf', bundle, '-C', folder, '/policy.wasm'])
    return await readFile(join(folder, 'policy.wasm'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function rows() {
  const parsed = catalogueRows.safeParse(load(await readFile(CATALOGUE, 'utf8')))
  if (parsed.success) return parsed.data
  const mistakes = parsed.error.issues.map(({ path, message }) => `policies/catalogue.yaml: ${path.join('.')}: ${message}`)
  throw new Error(mistakes.join('\n'))
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}
