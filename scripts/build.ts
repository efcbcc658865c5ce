import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { TEMPLATES } from '../generator/reaper/templates.ts'
import { RULES } from '../runtime/review/rules.ts'
import packageJson from '../package.json' with { type: 'json' }
import { thirdPartyLicenses } from './licenses.ts'
import { sbom } from './sbom.ts'

// Makes dist/sidecar-reaper.mjs, one file, and of all that went into it the licences and the bill of materials. dist/policy.wasm and
// dist/catalogue.json, which belong beside it, are compiled by another script and committed.

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = new URL('../dist/', import.meta.url)
const bundle = new URL('sidecar-reaper.mjs', dist)

// An ESM import of a Node module is hoisted to the top of the bundle, where every command pays for it, and touches each
// of the module's exports, getters too (`process.stdin`, `fs.promises`): 6 ms of 9 that commander took to load. As
// CommonJS it is loaded where it is first used, and nothing else of it.
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path, kind }) => (isBuiltin(path) && kind !== 'entry-point' ? { path, namespace: 'builtin' } : undefined))
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = process.getBuiltinModule(${JSON.stringify(path)})`,
      loader: 'js',
    }))
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
const ruleTexts = constants('rule-texts', /\/runtime\/review\/rules\.ts$/, { RULES })

await mkdir(dist, { recursive: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['runtime/main.ts'],
  outfile: fileURLToPath(bundle),
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node22.19',
  format: 'esm',
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  legalComments: 'none', // THIRD_PARTY_LICENSES.txt has them all
  metafile: true,
  tsconfigRaw: {}, // what the compiler is told to check is none of the bundle's business: the same with tsconfig.json and without
  plugins: [unusedParts, bytesOnly, lazyBuiltins, packageVersion, templateTexts, ruleTexts],
})
await chmod(bundle, 0o755)
await writeFile(new URL('THIRD_PARTY_LICENSES.txt', dist), await thirdPartyLicenses(metafile, root))
const epochSeconds = Number(process.env['SOURCE_DATE_EPOCH'] ?? 0)
const options = { metafile, root, version: packageJson.version, bundle: await readFile(bundle), epochSeconds }
await writeFile(new URL('sidecar-reaper.spdx.json', dist), await sbom(options))
console.log(`dist/sidecar-reaper.mjs ${((await stat(bundle)).size / 1024).toFixed(0)} KiB`)
