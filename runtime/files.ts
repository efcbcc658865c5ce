/** The compiled policy and the compiled catalogue: beside the bundle, or in dist/ when the sources run as they are. */
export const POLICY_FILES = {
  wasm: new URL('policy.wasm', folder()),
  catalogue: new URL('catalogue.json', folder()),
} as const

/** All that a sweep runs, by name: these three beside each other are the program. */
export const PROGRAM_FILES: Readonly<Record<string, URL>> = {
  'sidecar-reaper.mjs': new URL('sidecar-reaper.mjs', folder()),
  'policy.wasm': POLICY_FILES.wasm,
  'catalogue.json': POLICY_FILES.catalogue,
}

function folder(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../dist/' : './', import.meta.url)
}
