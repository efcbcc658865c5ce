import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { load } from 'js-yaml'
import { catalogueJsonSchema, catalogueRows, indexCatalogue } from '../../runtime/catalogue.ts'
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
    { path: 'dist/catalogue.json', bytes: Buffer.from(await catalogueIndex()) },
    { path: 'schemas/catalogue.schema.json', bytes: Buffer.from(catalogueJsonSchema()) },
    { path: 'docs/reasons.md', bytes: Buffer.from(await reasonsPage(opa)) },
  ]
}

async function policyWasm(opa: Opa): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-policy-'))
  try {
    const bundle = join(folder, 'bundle.tar.gz')
    const capabilities = ['--capabilities', 'policies/capabilities.json']
    await opa('build', '-t', 'wasm', '-e', 'sidecar/verdict', '--ignore', '*_test.rego', ...capabilities, '-o', bundle, 'policies/sidecar')
    await promisify(execFile)('tar', ['-xzf', bundle, '-C', folder, '/policy.wasm'])
    return await readFile(join(folder, 'policy.wasm'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function catalogueIndex(): Promise<string> {
  const rows = catalogueRows.safeParse(load(await readFile(CATALOGUE, 'utf8')))
  if (rows.success) return `${JSON.stringify({ catalogue: indexCatalogue(rows.data) }, null, 2)}\n`
  const mistakes = rows.error.issues.map(({ path, message }) => `policies/catalogue.yaml: ${path.join('.')}: ${message}`)
  throw new Error(mistakes.join('\n'))
}
