const SECTION = { imports: 2, globals: 6, exports: 7 } as const
const GLOBAL = 3
const I32_CONST = 0x41

/** The module with another initial value, below 64, of the integer global that it exports under that name. */
export function withGlobal(wasm: Uint8Array, name: string, value: number): Uint8Array {
  const changed = Uint8Array.from(wasm)
  const index = exportedGlobal(reader(wasm, SECTION.exports), name) - importedGlobals(reader(wasm, SECTION.imports))
  const globals = reader(wasm, SECTION.globals)
  for (let count = globals.number(), at = 0; at < count; at++) {
    globals.skip(2) // its type, and whether it changes
    if (globals.byte() !== I32_CONST) throw new TypeError('A global whose initial value is no i32.const')
    if (at === index) changed[globals.position()] = value
    globals.number()
    globals.skip(1) // end
  }
  return changed
}

function exportedGlobal(exports: Reader, name: string): number {
  for (let left = exports.number(); left > 0; left--) {
    const found = exports.text()
    const kind = exports.byte()
    const index = exports.number()
    if (kind === GLOBAL && found === name) return index
  }
  throw new RangeError(`The module exports no global ${name}`)
}

function importedGlobals(imports: Reader): number {
  let globals = 0
  for (let left = imports.number(); left > 0; left--) {
    imports.text()
    imports.text()
    const kind = imports.byte()
    if (kind === GLOBAL) globals++
    if (kind === 0) imports.number()
    else if (kind === 2) for (let limits = imports.byte() === 0 ? 1 : 2; limits > 0; limits--) imports.number()
    else imports.skip(kind === GLOBAL ? 2 : 3)
  }
  return globals
}

interface Reader {
  byte(): number
  /** An LEB128 integer. */
  number(): number
  text(): string
  skip(bytes: number): void
  position(): number
}

/** Reads the content of a section (webassembly.github.io/spec/core/binary). */
function reader(wasm: Uint8Array, section: number): Reader {
  let at = 8
  const read: Reader = {
    byte: () => wasm[at++] ?? 0,
    number() {
      for (let value = 0, shift = 0; ; shift += 7) {
        const byte = read.byte()
        value |= (byte & 0x7f) << shift
        if (byte < 0x80) return value
      }
    },
    text() {
      const length = read.number()
      at += length
      return new TextDecoder().decode(wasm.subarray(at - length, at))
    },
    skip: bytes => void (at += bytes),
    position: () => at,
  }
  while (at < wasm.length) {
    const id = read.byte()
    const size = read.number()
    if (id === section) return read
    at += size
  }
  throw new RangeError(`The module has no section ${section}`)
}
