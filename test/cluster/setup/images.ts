import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dockerArchive, type Image } from './archive.ts'
import { output } from './command.ts'
import { insideNode } from './node.ts'
import type { Cluster } from './paths.ts'
import type { Process } from './processes.ts'
import { isStamped, stamp } from './stamp.ts'
import type { TarEntry } from './tar.ts'

export const pauseImage = 'sidecar-reaper.test/pause:1'
const sources = join(import.meta.dirname, '..', 'images')

/** Compiles one of our C programs to a static binary. */
export async function compile(name: string, target: string): Promise<void> {
  await output(['gcc', '-static', '-O2', '-s', '-Wall', '-o', target, join(sources, `${name}.c`)])
}

/** Builds the test images and imports them into the node, unless it has them as their sources are now. */
export async function importImages(cluster: Cluster, node: Process, say: (line: string) => void): Promise<void> {
  const directory = join(cluster.data, 'images')
  const key = createHash('sha256')
    .update(source('actor'))
    .update(source('pause'))
    .update(readFileSync(import.meta.filename))
    .digest('hex')
  if (isStamped(directory, key)) return
  mkdirSync(directory, { recursive: true })
  const images = await testImages(directory)
  say(`Importing ${images.map(({ name }) => name).join(', ')}`)
  const archive = join(directory, 'images.tar')
  writeFileSync(archive, dockerArchive(images))
  await output(insideNode(node, ['ctr', '--namespace', 'k8s.io', 'images', 'import', archive]))
  stamp(directory, key)
}

function source(name: string): Buffer {
  return readFileSync(join(sources, `${name}.c`))
}

/** Writes the images that scenarios are made of to a docker-archive, which `docker load` and `ctr images import` read. */
export async function exportImages(file: string): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'sidecar-reaper-images-'))
  try {
    const images = await testImages(directory)
    writeFileSync(file, dockerArchive(images.filter(({ name }) => name !== pauseImage)))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** The images of all scenarios. `actor` holds nothing but one program; `busybox` has a shell, and the actor too. */
async function testImages(directory: string): Promise<Image[]> {
  const [actor, pause] = await Promise.all([binary('actor', directory), binary('pause', directory)])
  return [
    { name: pauseImage, entries: [pause], entrypoint: ['/pause'] },
    { name: 'sidecar-reaper.test/actor:1', entries: [actor], entrypoint: ['/actor'] },
    { name: 'sidecar-reaper.test/busybox:1', entries: [actor, ...(await busybox())], entrypoint: ['/actor'] },
  ]
}

async function binary(name: string, directory: string): Promise<TarEntry> {
  const target = join(directory, name)
  await compile(name, target)
  return { name, content: readFileSync(target) }
}

/** The machine's static busybox with a link for each of its commands. */
export async function busybox(): Promise<TarEntry[]> {
  const commands = (await output(['busybox', '--list'])).trim().split('\n')
  return [
    { name: 'tmp', mode: 0o1777 },
    { name: 'bin' },
    { name: 'bin/busybox', content: readFileSync('/bin/busybox') },
    ...commands.filter(name => name !== 'busybox').map(name => ({ name: `bin/${name}`, link: 'busybox' })),
  ]
}
