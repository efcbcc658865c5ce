import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'

/** A file that the sweep needs, by its name beside the others. */
export interface ProgramFile {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A piece of a compressed file in a ConfigMap of its own. */
export interface Part {
  readonly configMap: string
  readonly file: string
  readonly key: string
  readonly base64: string
}

/**
 * What one ConfigMap carries, in bytes. Client-side `kubectl apply` keeps the whole object in an annotation, of which an
 * object has 256 KiB at most; base64 makes 240,000 characters of this.
 */
export const PART_BYTES = 180_000

/** The files compressed and cut to what plain `kubectl apply` takes. */
export function programParts(files: readonly ProgramFile[], name: string): readonly Part[] {
  return files
    .flatMap(file => pieces(gzipSync(file.bytes, { level: 9 })).map((bytes, index) => ({ file: file.name, bytes, index })))
    .map(({ file, bytes, index }, part) => ({
      configMap: `${name}-program-${part}`,
      file,
      key: `${file}.gz.${String(index).padStart(2, '0')}`,
      base64: bytes.toString('base64'),
    }))
}

/** sha256 of each file, hexadecimal. */
export function programHashes(files: readonly ProgramFile[]): Readonly<Record<string, string>> {
  return Object.fromEntries(files.map(({ name, bytes }) => [name, createHash('sha256').update(bytes).digest('hex')]))
}

function pieces(bytes: Buffer): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / PART_BYTES) }, (_, index) =>
    bytes.subarray(index * PART_BYTES, (index + 1) * PART_BYTES),
  )
}
