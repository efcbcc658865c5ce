import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { load } from 'js-yaml'
import { type CatalogueRows, indexCatalogue } from '../../runtime/catalogue.ts'
import { catalogueRows } from '../../runtime/catalogue/schema.ts'
import { publishedSchema } from '../../runtime/settings/json-schema.ts'
import { problems } from '../../runtime/settings/problems.ts'
import { cataloguePage } from './catalogue-page.ts'
import type { Opa } from './opa.ts'
import { reasonsPage } from './reasons.ts'
import { optimized } from './wasm-opt.ts'

const CATALOGUE = new URL('../../policies/catalogue.yaml', import.meta.url)

const ENTRY_POINTS = [
  'sidecar/verdict',
  ...['findings', 'templates', 'kinds_beside', 'beside', 'resources'].map(name => `review/${name}`),
  ...['inspected', 'webhooks', 'support', 'need'].map(name => `doctor/${name}`),
]

/** A file that is made from policies/ and committed, by its path in the project. */
export interface Artifact {
  readonly path: string
  readonly bytes: Buffer
}

/** Everything that is made from policies/: the same sources give the same bytes. */
export async function artifacts(opa: Opa): Promise<Artifact[]> {
  const rows = await builtInRows()
  return [
    { path: 'dist/policy.wasm', bytes: await policyWasm(opa) },
    { path: 'dist/catalogue.json', bytes: json({ catalogue: indexCatalogue(rows) }) },
    { path: 'schemas/catalogue.schema.json', bytes: Buffer.from(publishedSchema('catalogue', catalogueRows)) },
    { path: 'docs/catalogue.md', bytes: Buffer.from(cataloguePage(rows)) },
    { path: 'docs/reasons.md', bytes: Buffer.from(await reasonsPage(opa)) },
  ]
}

async function policyWasm(opa: Opa): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-policy-'))
  try {
    const bundle = join(folder, 'bundle.tar.gz')
    const options = ['--ignore', '*_test.rego', '--capabilities', 'policies/capabilities.json', '--output', bundle]
    const entryPoints = ENTRY_POINTS.flatMap(path => ['--entrypoint', path])
    await opa('build', '--target', 'wasm', ...entryPoints, ...options, 'policies/sidecar', 'policies/review', 'policies/doctor')
    await promisify(execFile)('tar', ['-xzf', bundle, '-C', folder, '/policy.wasm'])
    return await optimized(await readFile(join(folder, 'policy.wasm')))
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** The rows of policies/catalogue.yaml. @throws {Error} with every mistake in it */
export async function builtInRows(): Promise<CatalogueRows> {
  const written = load(await readFile(CATALOGUE, 'utf8'))
  const parsed = catalogueRows.safeParse(written)
  if (parsed.success) return parsed.data
  throw new Error(
    problems(written, parsed.error.issues, [])
      .map(problem => `policies/catalogue.yaml: ${problem}`)
      .join('\n'),
  )
}

function json(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`)
}
