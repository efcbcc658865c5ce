import { VERSION, type VersionConfig } from '../config.ts'
import { EXIT } from '../exit.ts'
import { jsonLine } from '../report/json.ts'
import type { Terminal } from '../terminal.ts'
import { compiledHashes } from './compiled.ts'

/** Prints what exactly this is. */
export async function versionCommand({ output }: VersionConfig, { out }: Terminal): Promise<number> {
  const { wasm, catalogue } = await compiledHashes()
  out(
    output.format === 'json'
      ? jsonLine({ version: VERSION, policy: { wasm, catalogue }, node: process.version })
      : versionText(wasm, catalogue),
  )
  return EXIT.fine
}

function versionText(wasm: string, catalogue: string): string {
  return `sidecar-reaper ${VERSION}
policy.wasm    sha256 ${wasm}
catalogue      sha256 ${catalogue}
node           ${process.version}
`
}
