import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { dockerArchive, type Image } from '../setup/archive.ts'
import { logged, output } from '../setup/command.ts'
import { busybox } from '../setup/images.ts'
import { lock } from '../setup/lock.ts'
import { findNode, insideNode } from '../setup/node.ts'
import { installPackages } from '../setup/packages.ts'
import type { Cluster } from '../setup/paths.ts'
import { isStamped, stamp } from '../setup/stamp.ts'
import type { TarEntry } from '../setup/tar.ts'
import { build, fingerprint } from './build.ts'
import { programs, type Program } from './program.ts'

type Say = (line: string) => void

/** Makes the images of all programs, as far as the cache lacks them, and imports them into the cluster's node. */
export async function provide(cluster: Cluster, say: Say): Promise<void> {
  await installPackages(cluster, say, ['mmdebstrap'])
  const archives = await makeArchives(join(dirname(dirname(cluster.bin)), 'programs'), say)
  for (const [program, archive] of archives) await importProgram(program, archive, cluster, say)
}

/** A docker-archive for each program, made below that directory unless they are there. */
export async function makeArchives(cache: string, say: Say): Promise<ReadonlyMap<Program, string>> {
  mkdirSync(cache, { recursive: true })
  await using _ = await lock(join(cache, 'lock'), () => say('Waiting for another build of the sidecars'))
  const archives = new Map<Program, string>()
  for (const program of programs) archives.set(program, await archiveOf(program, cache, say))
  return archives
}

/** The docker-archive of a program's images. */
async function archiveOf(program: Program, cache: string, say: Say): Promise<string> {
  const directory = join(cache, `${program.name}-${program.version}`)
  const archive = join(directory, 'image.tar')
  const key = keyOf(program)
  if (isStamped(directory, key)) return archive
  const log = `${directory}.log`
  say(`Building ${program.name} ${program.version} (once; log: ${log})`)
  rmSync(directory, { recursive: true, force: true })
  rmSync(log, { force: true })
  const workshop = { root: join(directory, 'root'), scratch: join(directory, 'scratch'), log }
  mkdirSync(workshop.root, { recursive: true })
  mkdirSync(workshop.scratch)
  const began = performance.now()
  for (const part of program.parts) await build(part, workshop)
  writeFileSync(archive, dockerArchive(await imagesOf(program, workshop.root)))
  await logged(['chmod', '-R', 'u+w', workshop.scratch], log) // copies of Go modules are read-only
  for (const used of [workshop.root, workshop.scratch]) rmSync(used, { recursive: true })
  stamp(directory, key)
  say(`Built ${program.name} in ${Math.round((performance.now() - began) / 1000)} s`)
  return archive
}

function keyOf(program: Program): string {
  const { parts, ...rest } = program
  return createHash('sha256')
    .update(JSON.stringify([rest, parts.map(fingerprint)]))
    .digest('hex')
}

async function imagesOf({ images, entrypoint }: Program, root: string): Promise<Image[]> {
  const [files, shell] = [entriesOf(root), await busybox()]
  return images.map(({ name, hasShell }) => ({
    name,
    entries: [...(hasShell ? shell : [{ name: 'tmp', mode: 0o1777 }]), ...files],
    ...(entrypoint ? { entrypoint } : {}),
  }))
}

function entriesOf(root: string): TarEntry[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map(entry => ({ path: join(entry.parentPath, entry.name), isFile: entry.isFile() }))
    .map(({ path, isFile }) => ({ name: path.slice(root.length + 1), ...(isFile ? { content: readFileSync(path) } : {}) }))
}

async function importProgram(program: Program, archive: string, cluster: Cluster, say: Say): Promise<void> {
  const node = findNode(cluster)
  if (!node) throw new Error(`Cannot import the sidecars' images: ${cluster.name} is not up`)
  const directory = join(cluster.data, 'programs', program.name)
  const key = keyOf(program)
  if (isStamped(directory, key)) return
  say(`Importing ${program.images.map(({ name }) => name).join(', ')}`)
  await output(insideNode(node, ['ctr', '--namespace', 'k8s.io', 'images', 'import', archive]))
  mkdirSync(directory, { recursive: true })
  stamp(directory, key)
}
