import { createHash } from 'node:crypto'
import { tar, type TarEntry } from './tar.ts'

/** A container image of one layer. */
export type Image = Readonly<{ name: string; entries: readonly TarEntry[]; entrypoint?: string[]; command?: string[] }>

/** A docker-archive of several images, as `ctr images import` reads it. */
export function dockerArchive(images: readonly Image[]): Buffer {
  const parts = images.map(image => {
    const layer = tar(image.entries)
    const config = Buffer.from(JSON.stringify(imageConfig(image, layer)))
    return { name: image.name, layer, config, id: sha256(config) }
  })
  const manifest = parts.map(({ name, id }) => ({ Config: `${id}.json`, RepoTags: [name], Layers: [`${id}.tar`] }))
  return tar([
    { name: 'manifest.json', content: Buffer.from(JSON.stringify(manifest)) },
    ...parts.flatMap(({ id, config, layer }) => [
      { name: `${id}.json`, content: config },
      { name: `${id}.tar`, content: layer },
    ]),
  ])
}

function imageConfig({ entrypoint, command }: Image, layer: Buffer): object {
  return {
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: { Entrypoint: entrypoint, Cmd: command, Env: ['PATH=/usr/local/bin:/usr/bin:/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
  }
}

function sha256(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
