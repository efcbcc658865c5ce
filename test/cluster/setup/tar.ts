/** One entry of a tar archive: a file with its content, a link with its target, or a directory (neither). */
export type TarEntry = Readonly<{ name: string; mode?: number; content?: Buffer; link?: string }>

/** A ustar archive. Owner is root and all times are 0, so equal entries give equal bytes. */
export function tar(entries: readonly TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(entry => [header(entry), padded(entry.content)]), Buffer.alloc(1024)])
}

function header({ name, mode = 0o755, content, link = '' }: TarEntry): Buffer {
  if (name.length > 99 || link.length > 99) throw new RangeError(`Cannot put ${name} into a tar archive: names have at most 99 characters`)
  const block = Buffer.alloc(512)
  const put = (offset: number, text: string) => block.write(text, offset, 'latin1')
  put(0, name)
  put(100, octal(mode, 7))
  put(108, octal(0, 7))
  put(116, octal(0, 7))
  put(124, octal(content?.length ?? 0, 11))
  put(136, octal(0, 11))
  put(156, content ? '0' : link ? '2' : '5')
  put(157, link)
  put(257, 'ustar\x0000')
  put(148, `${octal(checksum(block), 6)}\0 `)
  return block
}

/** The sum of a header's bytes, with blanks where the sum itself will stand. */
function checksum(block: Buffer): number {
  return block.reduce((sum, byte) => sum + byte, 8 * 32)
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

function padded(content: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([content, Buffer.alloc(-content.length & 511)])
}
