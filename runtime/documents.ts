import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, type Stats } from 'node:fs'
import { Socket } from 'node:net'
import { addAbortSignal, type Readable } from 'node:stream'
import { isatty, ReadStream } from 'node:tty'
import { loadAll, YAMLException } from 'js-yaml'
import { printable } from './printable.ts'
import { UsageError } from './usage.ts'

/** The name that stands for standard input in arguments, and what messages call it. */
export const STDIN = '-'
export const STDIN_NAME = '<stdin>'

export interface ReadTextOptions {
  /** A longer file is refused before it is read. */
  readonly maxBytes: number
  /** Ends the wait for whoever writes the other end of a pipe. */
  readonly signal?: AbortSignal | undefined
}

/** A file's name as messages say it. */
export function fileName(path: string): string {
  if (path === STDIN) return STDIN_NAME
  return path === '' ? '""' : printable(path)
}

/** The text of a file, or of standard input for `-`. Pipes work too. Throws UsageError with one line for whatever keeps it from being read. */
export async function readText(path: string, { maxBytes, signal }: ReadTextOptions): Promise<string> {
  try {
    const source = path === STDIN ? process.stdin : opened(path, maxBytes)
    return UTF8.decode(source instanceof Uint8Array ? source : await all(source, { maxBytes, signal }))
  } catch (error) {
    if (signal?.aborted) throw error
    throw new UsageError(`${fileName(path)}: ${readProblem(error)}`, { cause: error })
  }
}

const UTF8 = new TextDecoder('utf-8', { fatal: true })

/** The bytes of a plain file, read at once: a stream takes ten times as long over a small one. Else what has to be waited for. */
function opened(path: string, maxBytes: number): Uint8Array | Readable {
  // Opening or reading a pipe that nobody writes would block a thread of the pool, and with it even process.exit().
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  const stat = fstatSync(fd)
  if (!stat.isFile() || stat.size === 0) return stream(fd, stat) // one of /proc has no size
  try {
    if (stat.size > maxBytes) throw tooLarge(maxBytes)
    return bytesOf(fd, stat.size)
  } finally {
    closeSync(fd)
  }
}

// readFileSync() would ask for the size once more.
function bytesOf(fd: number, size: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(size)
  let length = 0
  for (let read = 1; read > 0 && length < size; length += read) read = readSync(fd, bytes, length, size - length, null)
  return bytes.subarray(0, length)
}

function stream(fd: number, stat: Stats): Readable {
  if (isatty(fd)) return new ReadStream(fd)
  return stat.isFIFO() ? new Socket({ fd, readable: true, writable: false }) : createReadStream('', { fd })
}

async function all(stream: Readable, { maxBytes, signal }: ReadTextOptions): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  if (signal !== undefined) addAbortSignal(signal, stream)
  for await (const chunk of stream) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > maxBytes) throw tooLarge(maxBytes)
  }
  return Buffer.concat(chunks)
}

function tooLarge(maxBytes: number): RangeError {
  return new RangeError(`is larger than ${maxBytes / 1024 / 1024} MiB`)
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EISDIR: 'is a directory, expected a file',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'too many symbolic links',
  ENAMETOOLONG: 'name too long',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'is not UTF-8 text',
}

/** Why a file cannot be read, in a few words. */
export function readProblem(error: unknown): string {
  if (!(error instanceof Error)) return printable(String(error))
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return REASONS[code] ?? printable(error.message)
}

export interface DocumentsOptions {
  /** What messages call the text: a file name. */
  readonly name: string
  /** Aliases (`*name`) allowed in one document. Default 100: more is a bomb, not a manifest. */
  readonly maxAliases?: number
}

/** The YAML 1.2 or JSON documents of a text, those left out that hold nothing. Throws UsageError with file, line and column. */
export function documents(text: string, { name, maxAliases = 100 }: DocumentsOptions): readonly unknown[] {
  try {
    return loadAll(text.replace(/^\uFEFF/, ''), { maxAliases }).filter(document => document !== null)
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error
    const place = error.mark ? `:${error.mark.line + 1}:${error.mark.column + 1}` : ''
    throw new UsageError(`${name}${place}: ${printable(error.reason)}`, { cause: error })
  }
}
