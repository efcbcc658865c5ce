import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { dockerArchive } from '../setup/archive.ts'
import { output } from '../setup/command.ts'
import { findNode, insideNode } from '../setup/node.ts'
import { clusterPaths, versions } from '../setup/paths.ts'
import type { TarEntry } from '../setup/tar.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** Imports an image of that name with nothing but this project's Node in it, in place of the stock one. */
export async function importNode(name: string): Promise<void> {
  const node = realpathSync(join(root, 'node_modules/node/bin/node'))
  const libraries = [...execFileSync('ldd', [node], { encoding: 'utf8' }).matchAll(/(\/\S+) \(0x/g)].map(([, path = '']) => path)
  const entries: TarEntry[] = [
    { name: 'tmp', mode: 0o1777 },
    { name: 'usr/local/bin/node', content: readFileSync(node) },
    ...libraries.map(path => ({ name: path.slice(1), content: readFileSync(path) })),
  ]
  await withArchive(archive => {
    writeFileSync(archive, dockerArchive([{ name, entries }]))
    return importArchive(archive)
  })
}

async function withArchive(use: (archive: string) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sidecar-reaper-image-'))
  try {
    await use(join(directory, 'image.tar'))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Imports a docker-archive into the node of the cluster of `cluster run`. */
export async function importArchive(archive: string): Promise<void> {
  const kubeconfig = process.env['KUBECONFIG'] ?? ''
  const version = versions.find(version => version === basename(dirname(kubeconfig)))
  const node = version && findNode(clusterPaths(version, process.env))
  if (!node) throw new Error('Cannot import an image: run this by npm run cluster -- run -- COMMAND')
  await output(insideNode(node, ['ctr', '--namespace', 'k8s.io', 'images', 'import', archive]))
}
