import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metafile } from 'esbuild'

/** Of the code that opa puts into every policy.wasm: its own runtime in C, and what that is built from. */
export const POLICY_LICENSES = 'scripts/licenses/policy.wasm'

/** The licence texts of all that is shipped: of every package that has a byte in the bundles, in the order of their names, and of what is compiled into policy.wasm. Throws Error for a package without. */
export async function thirdPartyLicenses({ outputs }: Pick<Metafile, 'outputs'>, root: string): Promise<string> {
  const packages = await Promise.all(bundledPackages(outputs).map(folder => packageLicense(join(root, folder))))
  const libraries = await policyLicenses(join(root, POLICY_LICENSES))
  return [
    'The program, program.cjs, and what it loads beside it contain code of these packages.\n',
    ...packages,
    'The file policy.wasm contains code of these libraries.\n',
    ...libraries,
  ].join(`\n${'-'.repeat(80)}\n\n`)
}

async function policyLicenses(folder: string): Promise<readonly string[]> {
  const files = (await readdir(folder)).sort()
  return Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
}

/** The folders of the packages that have a byte in the bundles, by name. */
export function bundledPackages(outputs: Metafile['outputs']): readonly string[] {
  const inputs = Object.values(outputs).flatMap(output => Object.entries(output.inputs))
  const folders = inputs.flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? packageFolder(path) : []))
  return [...new Set(folders)].sort()
}

function packageFolder(path: string): readonly string[] {
  const [folder] = /^.*node_modules\/(@[^/]+\/)?[^/]+/.exec(path) ?? []
  return folder === undefined ? [] : [folder]
}

async function packageLicense(folder: string): Promise<string> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Readonly<Record<string, unknown>> // npm checked it
  const files = (await readdir(folder)).filter(file => /^(licen[cs]e|copying|notice)(\.|$|-)/i.test(file)).sort()
  if (typeof license !== 'string' && files.length === 0) throw new Error(`Cannot ship ${String(name)}: it has no licence`)
  const texts = await Promise.all(files.map(file => readFile(join(folder, file), 'utf8')))
  return [`${String(name)} ${String(version)} (${String(license)})\n`, ...texts.map(text => `${text.trim()}\n`)].join('\n')
}
