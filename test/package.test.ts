import { execFile } from 'node:child_process'
import { cp, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import t from 'tap'
import packageJson from '../package.json' with { type: 'json' }
import lock from '../package-lock.json' with { type: 'json' }

t.test('every install script of a dependency is allowed in the version that is locked', async t => {
  const packages = Object.entries(lock.packages as Readonly<Record<string, { version?: string; hasInstallScript?: boolean }>>) // npm wrote it
  const scripted = packages
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([path, { version }]) => `${path.replace(/^.*node_modules\//, '')}@${version}`)
  t.strictSame(Object.keys(packageJson.allowScripts).toSorted(), scripted.toSorted(), 'npm install-scripts approve PACKAGE')
})

t.test('npm pack of a fresh clone makes a package that is whole, and runs', async t => {
  const clone = await freshClone(t.testdir())
  const [packed] = JSON.parse(await output('npm', ['pack', '--json'], clone)) as { filename: string; files: { path: string }[] }[] // npm's own format
  t.strictSame(packed?.files.map(({ path }) => path).toSorted(), [
    'LICENSE',
    'README.md',
    'dist/THIRD_PARTY_LICENSES.txt',
    'dist/catalogue.json',
    'dist/cluster-libraries.cjs',
    'dist/policy.wasm',
    'dist/program.cjs',
    'dist/review-worker.mjs',
    'dist/sidecar-reaper.mjs',
    'dist/sidecar-reaper.spdx.json',
    'dist/text-libraries.cjs',
    'package.json',
    'schemas/catalogue.schema.json',
    'schemas/expectation.schema.json',
    'schemas/function.schema.json',
    'schemas/settings.schema.json',
  ])
  await output('tar', ['-xzf', packed?.filename ?? '', '-C', t.testdirName], clone)
  const bundle = join(t.testdirName, 'package', packageJson.bin['sidecar-reaper'])
  t.match(await output(process.execPath, [bundle, 'version'], t.testdirName), packageJson.version)
})

t.test('where there are only the files that the dependencies need, as in the Dockerfile, npm prepares nothing', async t => {
  const folder = t.testdir({ scripts: {} })
  for (const file of ['package.json', 'scripts/prepare.mjs']) await cp(join(root, file), join(folder, file))
  t.equal(await output('npm', ['run', '--silent', 'prepare'], folder), '')
})

const root = fileURLToPath(new URL('..', import.meta.url))

/** A folder with the committed files that the package is made of, and the dependencies; nothing is built. */
async function freshClone(directory: string): Promise<string> {
  const clone = join(directory, 'clone')
  const code = ['runtime', 'generator', 'templates', 'policies/review', 'docs/rules', 'schemas', 'scripts']
  const sources = ['LICENSE', 'README.md', 'package.json', ...code, 'dist/catalogue.json', 'dist/policy.wasm']
  for (const source of sources) await cp(join(root, source), join(clone, source), { recursive: true })
  await symlink(join(root, 'node_modules'), join(clone, 'node_modules'), 'dir')
  return clone
}

async function output(file: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(file, args, { cwd })
  return stdout
}
