/** A part of a YAML stream that holds whole documents. */
export interface Stretch {
  readonly text: string
  /** Its offset in the stream. */
  readonly start: number
}

/** Characters that a stretch may have when it holds more than one document: enough that most files are one stretch. */
const SIZE = 256 * 1024

/**
 * The stretches of a stream: each document is in one of them, with all that belongs to it. They end before a line that
 * begins with `---`, which YAML takes for the start of a document wherever it stands. What has a `...` or a directive
 * before that stays together to the end, since a directive is written before the `---` that it belongs to.
 */
export function* stretches(source: string, size: number = SIZE): Generator<Stretch> {
  let start = 0
  while (source.length - start > size) {
    const end = nextStart(source, start, size)
    const text = source.slice(start, end)
    if (end < 0 || /^(?:%|\.\.\.)/m.test(text)) break
    yield { text, start }
    start = end
  }
  yield { text: source.slice(start), start }
}

/** Where the last document begins that does within so many characters, or the first beyond; -1 when there is none. */
function nextStart(source: string, start: number, size: number): number {
  const last = [...source.slice(start, start + size).matchAll(/\n---[ \t\r\n]/g)].at(-1)
  if (last) return start + last.index + 1
  const from = Math.max(start + size - '\n---'.length, start)
  const beyond = source.slice(from).search(/\n---(?:[ \t\r\n]|$)/)
  return beyond < 0 ? beyond : from + beyond + 1
}
