import { dump, load } from 'js-yaml'
import { Document, isAlias, isSeq, type Node, parseDocument, visit, type YAMLMap, YAMLSeq } from 'yaml'
import { documents } from '../runtime/documents.ts'
import { hasMoreThan, MAX_NODES, TOO_LARGE } from '../runtime/expansion.ts'
import { printable } from '../runtime/printable.ts'
import { UsageError } from '../runtime/usage.ts'
import { isMapping } from '../runtime/mapping.ts'

/** A ResourceList of the KRM functions specification, as its text has it and as values. */
export interface ResourceList {
  readonly items: readonly Item[]
  readonly functionConfig: unknown
  /** The text with these items and results in place of its own. */
  write(items: readonly Node[], results: readonly object[]): string
}

/** One item: its value, and its nodes with comments. */
export interface Item {
  readonly value: unknown
  readonly node: Node
}

const VERSIONS = ['config.kubernetes.io/v1', 'config.kubernetes.io/v1beta1']

/** The list of a text that messages call `name`. Throws UsageError with its place for one that is none. */
export function parseResourceList(text: string, name: string): ResourceList {
  const found = documents(text, { name })
  const [list] = found
  if (found.length !== 1 || !isMapping(list)) throw new UsageError(`${name}: ${holding(found)}, expected one ResourceList`)
  const { kind, apiVersion, items = [], functionConfig } = list
  if (kind !== 'ResourceList') throw new UsageError(`${name}: got kind ${printable(String(kind), 60)}, expected ResourceList`)
  if (!VERSIONS.includes(String(apiVersion)))
    throw new UsageError(`${name}: apiVersion: got ${printable(String(apiVersion), 60)}, expected one of ${VERSIONS.join(', ')}`)
  if (items !== null && !Array.isArray(items)) throw new UsageError(`${name}: items: got something else, expected a list`)
  const endless = items?.findIndex(item => hasMoreThan(MAX_NODES, item)) ?? -1
  if (endless >= 0) throw new UsageError(`${name}: items[${endless}] ${TOO_LARGE}`)
  const document = parseDocument(text.replace(/^\uFEFF/, ''), { schema: 'failsafe' })
  const root = document.contents as unknown as YAMLMap // a mapping, as was just seen
  const nodes = root.get('items', true)
  return {
    items: isSeq(nodes) ? nodes.items.map((node, index) => ({ value: (items ?? [])[index], node: node as Node })) : [],
    functionConfig,
    write: (changed, results) => {
      write(root, changed, results)
      return document.toString({ lineWidth: 0, indentSeq: !/^items:\s*\n(?:\s*#.*\n)*- /m.test(text), flowCollectionPadding: false })
    },
  }
}

// failsafe keeps every scalar as it is written; what is added is read from text in the same way.
function write(root: YAMLMap, items: readonly Node[], results: readonly object[]): void {
  const list = root.get('items', true)
  const seq = isSeq(list) ? list : new YAMLSeq()
  seq.items = [...items]
  if (items.length > 0 && !isSeq(list)) seq.flow = false
  root.set('items', seq)
  if (results.length === 0) return
  const added = nodeOf(dump(results, { lineWidth: -1 })) as YAMLSeq // a list was dumped
  const before = root.get('results', true)
  if (isSeq(before)) added.items.unshift(...before.items)
  root.set('results', added)
}

/** The nodes of a YAML text. */
export function nodeOf(text: string): Node {
  return parseDocument(text, { schema: 'failsafe' }).contents as Node // what was just written holds something
}

/** What a tree of nodes stands for. */
export function valueOf(node: Node): unknown {
  const document = new Document(null, { schema: 'failsafe' })
  document.contents = node as never // any node may be the contents
  return load(document.toString({ lineWidth: 0 }))
}

/** A copy that can be changed alone, or undefined where aliases tie it to the rest. */
export function copyOf(node: Node): Node | undefined {
  let hasAlias = false
  visit(node as never, {
    Node: (_, part) => {
      hasAlias ||= isAlias(part)
    },
  })
  return hasAlias ? undefined : (node.clone() as Node)
}

function holding(found: readonly unknown[]): string {
  if (found.length === 0) return 'holds nothing'
  return found.length > 1 ? `holds ${found.length} documents` : 'holds no mapping'
}
