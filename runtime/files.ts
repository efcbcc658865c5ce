/** The compiled policy and the compiled catalogue: beside the bundle, or in dist/ when the sources run as they are. */
export const POLICY_FILES = {
  wasm: new URL('policy.wasm', folder()),
  catalogue: new URL('catalogue.json', folder()),
} as const

/** All that a sweep runs, by name: these beside each other are the program. */
export const PROGRAM_FILES: Readonly<Record<string, URL>> = {
  ...Object.fromEntries(['sidecar-reaper.mjs', 'program.cjs', 'cluster-libraries.cjs'].map(name => [name, new URL(name, folder())])),
  'policy.wasm': POLICY_FILES.wasm,
  'catalogue.json': POLICY_FILES.catalogue,
}

/** What a thread that helps with a review runs. */
export const REVIEW_WORKER = isSource() ? new URL('review/worker.ts', import.meta.url) : new URL('review-worker.mjs', folder())

function folder(): URL {
  return new URL(isSource() ? '../dist/' : './', import.meta.url)
}

function isSource(): boolean {
  return import.meta.url.endsWith('.ts')
}
