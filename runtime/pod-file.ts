import { documents, fileName, readText } from './documents.ts'
import type { Pod } from './pod.ts'
import { printable } from './printable.ts'
import { UsageError } from './usage.ts'
import { isMapping } from './mapping.ts'

/** As much as ten thousand pods of an ordinary size. */
const MAX_BYTES = 256 * 1024 * 1024

/** The pods of a YAML or JSON file, `-` for standard input: one pod, a List, or several documents. Throws UsageError when there is anything else. */
export async function readPods(path: string, signal?: AbortSignal): Promise<readonly Pod[]> {
  const text = await readText(path, { maxBytes: MAX_BYTES, signal })
  return parsePods(text, fileName(path))
}

/** The pods of a text that messages call `name`. Their fields are as the text has them: nobody checked a type yet. */
export function parsePods(text: string, name: string): readonly Pod[] {
  const pods = parsed(text, name).flatMap((document, index, all) =>
    podsOf(document, all.length > 1 ? `${name}: document ${index + 1}` : name),
  )
  if (pods.length === 0) throw new UsageError(`${name}: holds no pod`)
  return pods
}

// kubectl's lists are JSON, which JSON.parse reads many times faster.
function parsed(text: string, name: string): readonly unknown[] {
  if (!/^\s*\{/.test(text)) return documents(text, { name })
  try {
    return [JSON.parse(text)]
  } catch {
    return documents(text, { name }) // several documents, or a mistake that the YAML reader knows the place of
  }
}

function podsOf(document: unknown, name: string): readonly Pod[] {
  if (!isMapping(document)) throw new UsageError(`${name}: got ${Array.isArray(document) ? 'a list' : 'a plain value'}, expected a Pod`)
  const { kind, items } = document
  if (kind === 'Pod') return [document]
  if ((kind === 'List' || kind === 'PodList') && Array.isArray(items)) {
    // The items of a PodList need not repeat their kind.
    return items.flatMap((item: unknown, index) =>
      kind === 'PodList' && isMapping(item) ? [item] : podsOf(item, `${name}: items[${index}]`),
    )
  }
  throw new UsageError(`${name}: got ${kindWords(document)}, expected a Pod${advice(document)}`)
}

function kindWords({ kind, apiVersion }: Readonly<Record<string, unknown>>): string {
  if (typeof kind !== 'string') return 'something without a kind'
  return `kind ${printable(kind, 60)}${typeof apiVersion === 'string' ? ` (${printable(apiVersion, 60)})` : ''}`
}

function advice({ kind, metadata }: Readonly<Record<string, unknown>>): string {
  if (kind !== 'Job') return ''
  const job = isMapping(metadata) && typeof metadata['name'] === 'string' ? printable(metadata['name'], 63) : 'NAME'
  return `; its pods: kubectl get pods -l job-name=${job} -o json | sidecar-reaper explain -f -`
}
