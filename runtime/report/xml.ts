import { printable } from '../printable.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text for XML, between tags or in quotes: printable, so without the characters that XML has no way to write. */
export function escaped(text: string): string {
  return printable(text, 4096).replaceAll(/[&<>"]|[\uFFFE\uFFFF]/g, character => ENTITIES[character] ?? '?')
}
