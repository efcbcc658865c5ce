import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'
import { bundledPackages, POLICY_LICENSES } from './licenses.ts'

export interface SbomOptions {
  /** Of esbuild's metafiles. */
  readonly outputs: Metafile['outputs']
  readonly root: string
  readonly version: string
  /** What is shipped: its hash makes the document's own name. */
  readonly shipped: Uint8Array
  /** When the document was made, in seconds since the epoch; the same sources have to give the same bytes. */
  readonly epochSeconds: number
}

interface Component {
  readonly name: string
  readonly version?: string
  readonly license: string
  readonly purl?: string
}

/** The software bill of materials (SPDX 2.3, JSON) of all that is shipped: the packages in the bundles, and what is compiled into policy.wasm. */
export async function sbom({ outputs, root, version, shipped, epochSeconds }: SbomOptions): Promise<string> {
  const packages = await Promise.all(bundledPackages(outputs).map(folder => npmComponent(join(root, folder))))
  const components = [...packages, ...(await policyComponents(join(root, POLICY_LICENSES)))]
  const own = spdxPackage(
    { name: 'sidecar-reaper', version, license: 'Apache-2.0', purl: `pkg:npm/sidecar-reaper@${version}` },
    'SPDXRef-sidecar-reaper',
  )
  const parts = components.map((component, index) => spdxPackage(component, `SPDXRef-${index + 1}`))
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: `sidecar-reaper-${version}`,
    documentNamespace: `urn:sidecar-reaper:${version}:${createHash('sha256').update(shipped).digest('hex')}`,
    creationInfo: {
      created: new Date(epochSeconds * 1000).toISOString().replace('.000', ''),
      creators: [`Tool: sidecar-reaper-build-${version}`],
    },
    packages: [own, ...parts],
    relationships: [
      { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: own.SPDXID },
      ...parts.map(({ SPDXID }) => ({ spdxElementId: own.SPDXID, relationshipType: 'CONTAINS', relatedSpdxElement: SPDXID })),
    ],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function spdxPackage({ name, version, license, purl }: Component, id: string) {
  return {
    SPDXID: id,
    name,
    ...(version === undefined ? {} : { versionInfo: version }),
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: isSpdx(license) ? license : 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    ...(purl === undefined
      ? {}
      : { externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }] }),
  }
}

/** Names of licences that no SPDX list has are left out. */
function isSpdx(license: string): boolean {
  return /^[-.+A-Za-z0-9]+( (WITH|AND|OR) [-.+A-Za-z0-9]+)*$/.test(license) && license !== 'Lucent'
}

async function npmComponent(folder: string): Promise<Component> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, string>> // npm checked it
  return {
    name: String(name),
    version: String(version),
    license: String(license),
    purl: `pkg:npm/${String(name).replace('@', '%40')}@${version}`,
  }
}

// The first line of each text: a name, perhaps a version, the licence in brackets.
async function policyComponents(folder: string): Promise<readonly Component[]> {
  const files = (await readdir(folder)).toSorted((one, other) => (one < other ? -1 : 1))
  return Promise.all(
    files.map(async file => {
      const [first = ''] = (await readFile(join(folder, file), 'utf8')).split('\n')
      const [, name = file, version, license = 'NOASSERTION'] = /^(.*?)(?: (\d+(?:\.\d+)+)(?:,.*)?)? \(([^)]*)\)$/.exec(first) ?? []
      return { name, ...(version === undefined ? {} : { version }), license }
    }),
  )
}
