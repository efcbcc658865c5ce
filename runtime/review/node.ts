import { type Event, EVENT_ID, getScalarValue, SCALAR_STYLE } from 'js-yaml'
import type { Path } from '../review.ts'

// js-yaml's events carry offsets, and its values are made of the same events: one reading of the text gives both the
// manifest that is judged and the place of a finding in it.

type ScalarEvent = Extract<Event, { readonly type: typeof EVENT_ID.SCALAR }>

/** A node of a YAML document with its offset in the text. */
export type Node =
  | { readonly kind: 'scalar'; readonly start: number; readonly text: string }
  | { readonly kind: 'alias'; readonly start: number; readonly target: Node | undefined }
  | { readonly kind: 'sequence'; readonly start: number; readonly items: readonly Node[] }
  | { readonly kind: 'mapping'; readonly start: number; readonly pairs: readonly (readonly [key: Node, value: Node])[] }

/** The root of each document in a text. */
export function rootNodes(source: string, events: readonly Event[]): readonly Node[] {
  const roots: Node[] = []
  let at = 0
  while (at < events.length) {
    at++ // the document's own event
    const anchors = new Map<string, Node>()
    roots.push(read(anchors))
    at++ // its end
  }
  return roots

  function read(anchors: Map<string, Node>): Node {
    const event = events[at++]
    switch (event?.type) {
      case EVENT_ID.SCALAR:
        return named(event, { kind: 'scalar', start: first(event, scalarStart(event)), text: getScalarValue(source, event) }, anchors)
      case EVENT_ID.ALIAS: {
        const name = source.slice(event.anchorStart, event.anchorEnd)
        return { kind: 'alias', start: event.anchorStart - 1, target: anchors.get(name) }
      }
      case EVENT_ID.SEQUENCE: {
        const items: Node[] = []
        const node = named(event, { kind: 'sequence', start: first(event, event.start), items }, anchors)
        while (events[at]?.type !== EVENT_ID.POP) items.push(read(anchors))
        at++
        return node
      }
      case EVENT_ID.MAPPING: {
        const pairs: (readonly [Node, Node])[] = []
        const node = named(event, { kind: 'mapping', start: first(event, event.start), pairs }, anchors)
        while (events[at]?.type !== EVENT_ID.POP) pairs.push([read(anchors), read(anchors)])
        at++
        return node
      }
      default:
        throw new RangeError('Cannot follow the events of a YAML text: one ends where a node should be')
    }
  }

  function named(event: { readonly anchorStart: number; readonly anchorEnd: number }, node: Node, anchors: Map<string, Node>): Node {
    if (event.anchorEnd > event.anchorStart) anchors.set(source.slice(event.anchorStart, event.anchorEnd), node)
    return node
  }
}

/** Where a node begins: with its anchor, its tag or its value. -1 for one that is not written at all. */
function first({ anchorStart, tagStart }: { readonly anchorStart: number; readonly tagStart: number }, start: number): number {
  let least = start
  for (const offset of [anchorStart - 1, tagStart]) if (offset >= 0 && (least < 0 || offset < least)) least = offset
  return least
}

function scalarStart({ style, valueStart }: ScalarEvent): number {
  const isQuoted = style === SCALAR_STYLE.SINGLE_QUOTED || style === SCALAR_STYLE.DOUBLE_QUOTED
  return isQuoted ? valueStart - 1 : valueStart
}

/** The offset of what a path names: a key, an item of a list. Where it ends early, of the last that is there; aliases and merged mappings are followed. */
export function offsetOf(root: Node, path: Path): number {
  let node = root
  let offset = root.start
  for (const key of path) {
    const next = step(node, key)
    if (next === undefined) return offset
    if (next[0] >= 0) offset = next[0]
    node = next[1]
  }
  return offset
}

function step(from: Node, key: string | number): readonly [offset: number, node: Node] | undefined {
  const node = resolved(from)
  if (node?.kind === 'sequence') {
    const item = node.items[Number(key)]
    return item && [item.start, item]
  }
  if (node?.kind !== 'mapping') return undefined
  const own = node.pairs.find(([name]) => textOf(name) === String(key))
  if (own) return [own[0].start, own[1]]
  const merged = node.pairs.filter(([name]) => textOf(name) === '<<').flatMap(([, value]) => sources(value))
  return merged.map(source => step(source, key)).find(found => found !== undefined)
}

function sources(value: Node): readonly Node[] {
  const node = resolved(value)
  return node?.kind === 'sequence' ? node.items : node === undefined ? [] : [node]
}

function resolved(node: Node): Node | undefined {
  return node.kind === 'alias' ? node.target : node
}

function textOf(node: Node): string | undefined {
  const found = resolved(node)
  return found?.kind === 'scalar' ? found.text : undefined
}
