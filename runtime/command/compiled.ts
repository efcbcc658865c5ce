import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Catalogue } from '../catalogue.ts'
import { catalogueRows } from '../catalogue/schema.ts'
import { POLICY_FILES } from '../files.ts'
import { UsageError } from '../usage.ts'

// What the policy loader reads too, for the commands that judge nothing and so need no wasm engine.

/** The compiled catalogue without the rows of any settings. */
export async function readCatalogue(): Promise<Catalogue> {
  const text = await read(POLICY_FILES.catalogue)
  try {
    const { catalogue } = JSON.parse(text.toString()) as { catalogue: Catalogue } // our own build's file; the rows are checked
    return { ...catalogue, rows: catalogueRows.parse(catalogue.rows) }
  } catch (cause) {
    throw new UsageError(`error: ${POLICY_FILES.catalogue.pathname} is no compiled catalogue`, { cause })
  }
}

/** sha256 of the compiled policy and of the built-in catalogue, hexadecimal, as a sweep's summary has them. */
export async function compiledHashes(): Promise<{ readonly wasm: string; readonly catalogue: string }> {
  const [wasm, catalogue] = await Promise.all([read(POLICY_FILES.wasm), readCatalogue()])
  return { wasm: sha256(wasm), catalogue: sha256(JSON.stringify(catalogue)) }
}

async function read(file: URL): Promise<Buffer> {
  return readFile(file).catch((cause: NodeJS.ErrnoException) => {
    throw new UsageError(`error: cannot read ${file.pathname}: ${cause.code ?? cause.message}`, { cause })
  })
}

function sha256(bytes: Buffer | string): string {
  return createHash('sha256').update(bytes).digest('hex')
}
