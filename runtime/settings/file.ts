import { documents, fileName, readText } from '../documents.ts'
import type { Settings } from '../settings.ts'
import { decodeSettings } from './decode.ts'
import { UsageError } from '../usage.ts'

/** As much as a ConfigMap can hold. */
const MAX_BYTES = 1024 * 1024

/** Settings of a YAML or JSON file; an empty file is all defaults. Throws UsageError with every mistake at once. */
export async function readSettings(path: string, signal?: AbortSignal): Promise<Settings> {
  return parseSettings(await readText(path, { maxBytes: MAX_BYTES, signal }), fileName(path))
}

/** Settings of a YAML or JSON text that messages call `name`. */
export function parseSettings(text: string, name: string): Settings {
  const found = documents(text, { name })
  if (found.length > 1) throw new UsageError(`${name}: holds ${found.length} documents, expected one`)
  return decodeSettings(found[0] ?? {}, name)
}
