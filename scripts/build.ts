import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build, type BuildOptions, type Metafile, type Plugin } from 'esbuild'
import { TEMPLATES } from '../generator/reaper/templates.ts'
import { RULES } from '../runtime/review/rules.ts'
import { DEFAULTS } from '../runtime/settings/defaults.ts'
import packageJson from '../package.json' with { type: 'json' }
import { thirdPartyLicenses } from './licenses.ts'
import { sbom } from './sbom.ts'

// Makes dist/sidecar-reaper.mjs and program.cjs, which it runs, beside them the thread of a review and the libraries that only
// some commands load, and of all that went into them the licences and the bill of materials. dist/policy.wasm and
// dist/catalogue.json, which belong beside them, are compiled by another script and committed.

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = new URL('../dist/', import.meta.url)

// V8 reads all of a file before it runs any of it, 40 ms a megabyte, unless it was kept: what few starts need is in files of
// its own.

const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  'cluster-libraries.cjs': ['@kubernetes/client-node/dist/config.js', 'ws'],
  'text-libraries.cjs': ['diff', 'handlebars', 'yaml'],
}

// An ESM import of a Node module is hoisted to the top of the bundle, where every command pays for it, and touches each
// of the module's exports, getters too (`process.stdin`, `fs.promises`): a third of what a start takes. As CommonJS it is
// loaded when one of its exports is first read: commander could start a program, a settings file could be a pipe.
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind }) => (isBuiltin(path) && kind !== 'entry-point' ? { path, namespace: 'builtin' } : undefined))
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => {
      const builtin = `process.getBuiltinModule(${JSON.stringify(path)})`
      const isCalled = typeof process.getBuiltinModule(path) === 'function' // such as events
      return { contents: `module.exports = ${isCalled ? builtin : late(builtin)}`, loader: 'js' }
    })
  },
}

/**
 * An object with what the expression's value has, which is asked for when it is first read. By its prototype: to import
 * from CommonJS copies what an object itself has.
 */
function late(expression: string): string {
  return `Object.create(new Proxy({}, { get: (_, name) => name === '__esModule' ? undefined : ${expression}[name] }))`
}

/** Takes these from the file beside the bundle that has them. opa-wasm loads yaml for a function that few policies call. */
const apart: Plugin = {
  name: 'apart',
  setup({ onResolve, onLoad }) {
    for (const [file, names] of Object.entries(LIBRARIES)) {
      const namespace = `in ${file}`
      onResolve({ filter: /^[@a-z]/ }, ({ path, importer }) =>
        names.includes(path) ? { path, namespace, suffix: importer.includes('/@open-policy-agent/') ? '?late' : '' } : undefined,
      )
      onLoad({ filter: /./, namespace }, ({ path, suffix }) => {
        const library = `require(${JSON.stringify(`./${file}`)})[${JSON.stringify(path)}]`
        return { contents: `module.exports = ${suffix === '' ? library : late(library)}`, loader: 'js' }
      })
    }
  },
}

// Of the Kubernetes client we use KubeConfig, for credentials; requests are our own. Its methods that make an API client
// or a fetch dispatcher bring every generated class and undici with them, three quarters of the bundle, which every
// start would parse. They throw here.
const UNUSED: Readonly<Record<string, readonly string[]>> = {
  undici: ['Agent', 'ProxyAgent'],
  './gen/index.js': ['createConfiguration', 'ServerConfiguration'],
}
const unusedParts: Plugin = {
  name: 'unused-parts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, importer }) =>
      importer.endsWith('/@kubernetes/client-node/dist/config.js') && path in UNUSED ? { path, namespace: 'unused' } : undefined,
    )
    onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({
      contents: (UNUSED[path] ?? [])
        .map(name => `export function ${name}() { throw new Error('${name} of ${path} is not part of this bundle') }`)
        .join('\n'),
      loader: 'js',
    }))
  },
}

// opa-wasm asks whether it was given a Response, which makes Node load its fetch: 7 ms. We give it bytes.
const bytesOnly: Plugin = {
  name: 'bytes-only',
  setup({ onLoad }) {
    onLoad({ filter: /\/@open-policy-agent\/opa-wasm\/src\/opa\.js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8')
      const contents = source.replace('policyWasm instanceof Response ||', '')
      if (contents === source) throw new Error(`Cannot patch ${path}: it does not ask for a Response any more; remove the plugin`)
      return { contents, loader: 'js' }
    })
  },
}

// Of package.json only what the sources read.
const packageVersion: Plugin = {
  name: 'package-version',
  setup({ onLoad }) {
    onLoad({ filter: /\/package\.json$/ }, ({ path }) =>
      path === fileURLToPath(new URL('../package.json', import.meta.url))
        ? { contents: JSON.stringify({ version: packageJson.version }), loader: 'json' }
        : undefined,
    )
  },
}

/** What a module exports instead of the folder that it reads it from. */
function constants(name: string, filter: RegExp, exported: Readonly<Record<string, unknown>>): Plugin {
  const contents = Object.entries(exported).map(([constant, value]) => `export const ${constant} = ${JSON.stringify(value)}\n`)
  return {
    name,
    setup({ onLoad }) {
      onLoad({ filter }, () => ({ contents: contents.join(''), loader: 'js' }))
    },
  }
}

const templateTexts = constants('template-texts', /\/generator\/reaper\/templates\.ts$/, { TEMPLATES })
const defaultSettings = constants('default-settings', /\/runtime\/settings\/defaults\.ts$/, { DEFAULTS })
const ruleTexts = constants('rule-texts', /\/runtime\/review\/rules\.ts$/, { RULES })

const REQUIRE = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);"
const LIBRARY_FILES = Object.keys(LIBRARIES).map(file => `./${file}`)
const shared = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node22.19',
  legalComments: 'none', // THIRD_PARTY_LICENSES.txt has them all
  metafile: true,
  tsconfigRaw: {}, // what the compiler is told to check is none of the bundle's business: the same with tsconfig.json and without
} satisfies BuildOptions

await mkdir(dist, { recursive: true })
const program = await build({
  ...shared,
  entryPoints: ['runtime/main.ts'],
  outfile: inDist('program.cjs'),
  format: 'cjs',
  banner: { js: '"use strict";const moduleUrl = require("node:url").pathToFileURL(__filename).href;' },
  define: { 'import.meta.url': 'moduleUrl' },
  external: LIBRARY_FILES,
  plugins: [unusedParts, bytesOnly, apart, lazyBuiltins, packageVersion, templateTexts, ruleTexts, defaultSettings],
})
const worker = await build({
  ...shared,
  entryPoints: ['runtime/review/worker.ts'],
  outfile: inDist('review-worker.mjs'),
  format: 'esm',
  banner: { js: REQUIRE },
  external: LIBRARY_FILES,
  plugins: [bytesOnly, apart, lazyBuiltins, defaultSettings],
})
const libraries = await Promise.all(
  Object.entries(LIBRARIES).map(([file, names]) =>
    build({
      ...shared,
      stdin: { contents: lazyExports(names), resolveDir: root },
      outfile: inDist(file),
      format: 'cjs',
      plugins: [unusedParts, lazyBuiltins],
    }),
  ),
)
const loaded = await bytesOf(['program.cjs', ...Object.keys(LIBRARIES)])
const start = await build({
  ...shared,
  entryPoints: ['runtime/start.ts'],
  outfile: inDist('sidecar-reaper.mjs'),
  format: 'esm',
  define: { BUILD: JSON.stringify(createHash('sha256').update(loaded).digest('hex')) },
  plugins: [lazyBuiltins],
})
const files = ['sidecar-reaper.mjs', 'program.cjs', 'review-worker.mjs', ...Object.keys(LIBRARIES)]
const outputs = Object.assign({}, ...[start, program, worker, ...libraries].map(({ metafile }) => metafile.outputs)) as Metafile['outputs']
await chmod(inDist('sidecar-reaper.mjs'), 0o755)
await writeFile(inDist('THIRD_PARTY_LICENSES.txt'), await thirdPartyLicenses({ outputs }, root))
const epochSeconds = Number(process.env['SOURCE_DATE_EPOCH'] ?? 0)
const shipped = await bytesOf(files)
await writeFile(inDist('sidecar-reaper.spdx.json'), await sbom({ outputs, root, version: packageJson.version, shipped, epochSeconds }))
for (const file of files) console.log(`dist/${file} ${Math.ceil((await stat(inDist(file))).size / 1024)} KiB`)

/** A module that exports these, each of which is loaded when it is first read. */
function lazyExports(names: readonly string[]): string {
  const getters = names.map(name => JSON.stringify(name)).map(name => `get ${name}() { return require(${name}) }`)
  return `module.exports = {${getters.join()}}`
}

/** Of files in dist, one after the other. */
async function bytesOf(files: readonly string[]): Promise<Buffer> {
  return Buffer.concat(await Promise.all(files.map(file => readFile(inDist(file)))))
}

function inDist(file: string): string {
  return fileURLToPath(new URL(file, dist))
}
