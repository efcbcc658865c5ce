import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import packageJson from '../../package.json' with { type: 'json' }

// The Dockerfile, built by buildah without a registry of images. Needs root.

const script = fileURLToPath(new URL('../../scripts/image.sh', import.meta.url))
const directory = t.testdir()
t.setTimeout(900_000)

interface ImageConfig {
  readonly config: { readonly User: string; readonly Entrypoint: readonly string[]; readonly Labels: object }
  readonly rootfs: { readonly diff_ids: readonly string[] }
}

/** An image, unpacked: its configuration, and the folder that holds its files. */
function built(name: string): { readonly image: ImageConfig; readonly root: string } {
  const archive = join(directory, name)
  const root = join(archive, 'root')
  mkdirSync(root, { recursive: true })
  execFileSync(script, [join(archive, 'image.tar')], { stdio: ['ignore', 'inherit', 'inherit'] })
  execFileSync('tar', ['-xf', 'image.tar'], { cwd: archive })
  const [manifest] = JSON.parse(readFileSync(join(archive, 'manifest.json'), 'utf8')) as { Config: string; Layers: string[] }[] // docker-archive
  for (const layer of manifest?.Layers ?? []) execFileSync('tar', ['-xf', join(archive, layer), '-C', root])
  return { image: JSON.parse(readFileSync(join(archive, manifest?.Config ?? ''), 'utf8')) as ImageConfig, root } // OCI image configuration
}

const one = built('one')

t.test('the image runs the program as nobody in particular', async t => {
  const { User, Entrypoint, Labels } = one.image.config
  t.equal(User, '65532:65532')
  t.match(Labels, { 'org.opencontainers.image.version': packageJson.version, 'org.opencontainers.image.licenses': 'Apache-2.0' })
  const run = (...args: readonly string[]) =>
    execFileSync('chroot', ['--userspec=65532:65532', one.root, ...Entrypoint, ...args], { encoding: 'utf8' })
  t.match(run('version'), `sidecar-reaper ${packageJson.version}`)
  t.match(run('render', '--sweep', 'shop'), 'kind: CronJob')
})

t.test('the image has no shell, no package manager and no sources', async t => {
  const unwanted = ['bin/sh', 'bin/bash', 'usr/bin/dash', 'usr/bin/dpkg', 'usr/bin/apt', 'usr/local/bin/npm', 'src', 'extra-ca.pem']
  t.strictSame(
    unwanted.filter(path => existsSync(join(one.root, path))),
    [],
  )
  t.strictSame(readdirSync(join(one.root, 'sidecar-reaper')).toSorted(), [
    'LICENSE',
    'THIRD_PARTY_LICENSES.txt',
    'catalogue.json',
    'cluster-libraries.cjs',
    'policy.wasm',
    'program.cjs',
    'review-worker.mjs',
    'sidecar-reaper.mjs',
    'sidecar-reaper.spdx.json',
    'text-libraries.cjs',
  ])
})

t.test('the program in the image is that of this machine, and the same sources make the same layers', async t => {
  for (const file of readdirSync(new URL('../../dist/', import.meta.url)))
    t.ok(readFileSync(join(one.root, 'sidecar-reaper', file)).equals(readFileSync(new URL(`../../dist/${file}`, import.meta.url))), file)
  t.strictSame(built('two').image.rootfs.diff_ids, one.image.rootfs.diff_ids)
})
