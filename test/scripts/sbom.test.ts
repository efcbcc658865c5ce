import type { Metafile } from 'esbuild'
import t from 'tap'
import { sbom } from '../../scripts/sbom.ts'

t.test('sbom() names what is in the bundles and in policy.wasm, and is the same for the same bundles', async t => {
  const root = t.testdir({
    scripts: {
      licenses: { 'policy.wasm': { 'opa.txt': 'opa 1.2.3, Open Policy Agent (Apache-2.0)\n', 'utf.txt': 'utf of Plan 9 (Lucent)\n' } },
    },
    node_modules: { '@c': { c: { 'package.json': '{"name": "@c/c", "version": "3.0.0", "license": "MIT"}' } } },
  })
  const outputs = { 'out.mjs': { inputs: { 'node_modules/@c/c/x.js': { bytesInOutput: 1 } } } } as unknown as Metafile['outputs'] // as much as is read of one
  const options = { outputs, root, version: '1.0.0', shipped: Buffer.from('x'), epochSeconds: 86_400 }
  const text = await sbom(options)
  t.equal(await sbom(options), text)
  t.match(JSON.parse(text), {
    spdxVersion: 'SPDX-2.3',
    creationInfo: { created: '1970-01-02T00:00:00Z' },
    packages: [
      { name: 'sidecar-reaper', versionInfo: '1.0.0' },
      { name: '@c/c', versionInfo: '3.0.0', licenseDeclared: 'MIT', externalRefs: [{ referenceLocator: 'pkg:npm/%40c/c@3.0.0' }] },
      { name: 'opa', versionInfo: '1.2.3', licenseDeclared: 'Apache-2.0' },
      { name: 'utf of Plan 9', licenseDeclared: 'NOASSERTION' },
    ],
    relationships: [{ relationshipType: 'DESCRIBES' }, { relationshipType: 'CONTAINS' }, {}, {}],
  })
  const ids = JSON.parse(text).packages.map(({ SPDXID }: { SPDXID: string }) => SPDXID)
  t.equal(new Set(ids).size, 4)
})
