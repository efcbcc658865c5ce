/** The compiled policy and the compiled catalogue: beside the bundle, or in dist/ when the sources run as they are. */
export const POLICY_FILES = {
  wasm: new URL('policy.wasm', folder()),
  catalogue: new URL('catalogue.json', folder()),
} as const

function folder(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../dist/' : './', import.meta.url)
}
