import { readdir, readFile } from 'node:fs/promises'
import type { Metafile } from 'esbuild'
import t from 'tap'
import { thirdPartyLicenses } from '../../scripts/licenses.ts'

function metafile(inputs: Readonly<Record<string, number>>): Metafile {
  const bytes = Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }])
  return { inputs: {}, outputs: { 'out.mjs': { bytes: 0, inputs: Object.fromEntries(bytes), imports: [], exports: [] } } }
}

const policyLicenses = { 'policy.wasm': { 'two.txt': 'two (MIT)\n\ntext of two\n', 'one.txt': 'one (ISC)\n\ntext of one\n' } }

t.test('thirdPartyLicenses() holds the licence of each package in the bundle, nested ones too, and of no other', async t => {
  const root = t.testdir({
    scripts: { licenses: policyLicenses },
    node_modules: {
      a: {
        'package.json': '{"name": "a", "version": "1.0.0", "license": "MIT"}',
        LICENSE: 'text of a',
        node_modules: { b: { 'package.json': '{"name": "b", "version": "2.0.0", "license": "ISC"}', 'license.md': 'text of b' } },
      },
      '@c': {
        c: { 'package.json': '{"name": "@c/c", "version": "3.0.0", "license": "Apache-2.0"}', LICENSE: 'text of c', NOTICE: 'notice of c' },
      },
      unused: { 'package.json': '{"name": "unused"}' },
    },
  })
  const inputs = {
    'runtime/main.ts': 9,
    'node_modules/a/x.js': 1,
    'node_modules/a/y.js': 1,
    'node_modules/a/node_modules/b/x.js': 1,
    'node_modules/@c/c/x.js': 1,
    'node_modules/unused/x.js': 0,
  }
  const line = '-'.repeat(80)
  t.equal(
    await thirdPartyLicenses(metafile(inputs), root),
    `The program, program.cjs, and what it loads beside it contain code of these packages.

${line}

@c/c 3.0.0 (Apache-2.0)

text of c

notice of c

${line}

a 1.0.0 (MIT)

text of a

${line}

b 2.0.0 (ISC)

text of b

${line}

The file policy.wasm contains code of these libraries.

${line}

one (ISC)

text of one

${line}

two (MIT)

text of two
`,
  )
})

t.test('thirdPartyLicenses() refuses a package without a licence', async t => {
  const root = t.testdir({
    scripts: { licenses: policyLicenses },
    node_modules: { a: { 'package.json': '{"name": "a", "version": "1.0.0"}' } },
  })
  await t.rejects(thirdPartyLicenses(metafile({ 'node_modules/a/x.js': 1 }), root), { message: 'Cannot ship a: it has no licence' })
})

const scripts = new URL('../../scripts/licenses/policy.wasm/', import.meta.url)

t.test('the licences of policy.wasm are those of the opa that compiles it', async t => {
  const [, version] = /open-policy-agent\/opa v(\S+)/.exec(await readFile(new URL('../../tools/opa/go.mod', import.meta.url), 'utf8')) ?? []
  const text = await readFile(new URL('opa.txt', scripts), 'utf8')
  t.match(text, `opa ${version}, `, 'look what wasm/src of the new opa is built from')
})

t.test('each licence of policy.wasm begins with what it is of, and has a text', async t => {
  const files = await readdir(scripts)
  for (const file of files) t.match(await readFile(new URL(file, scripts), 'utf8'), /^[^\n]+ \([^\n]+\)\n\n[^]{100,}\n$/, file)
  t.ok(files.length > 0)
})
