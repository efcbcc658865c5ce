import { isMap, isScalar, isSeq, type Node, parseDocument, type YAMLMap, type YAMLSeq } from 'yaml'
import { keys } from '../pointer.ts'

/**
 * Applies an RFC 6902 patch, written as YAML, to a tree of nodes in place: comments and the order of fields stay.
 * @throws {RangeError} for an operation that finds nothing to work on, {SyntaxError} for one that is not known
 */
export function applyPatch(root: Node, patch: string): void {
  const { contents, errors } = parseDocument(patch, { schema: 'failsafe' })
  if (errors[0]) throw new SyntaxError(`Cannot read a rendered patch: ${errors[0].message.split('\n')[0]}`)
  if (contents === null) return
  if (!isSeq(contents)) throw new SyntaxError('Cannot read a rendered patch: expected a list of operations')
  for (const operation of contents.items) {
    if (!isMap(operation)) throw new SyntaxError('Cannot read a rendered patch: an operation is no mapping')
    apply(root, operation)
  }
}

function apply(root: Node, operation: YAMLMap): void {
  const place = placeOf(root, text(operation, 'path'))
  switch (text(operation, 'op')) {
    case 'add':
      return insert(place, operation.get('value', true))
    case 'replace':
      take(place)
      return insert(place, operation.get('value', true))
    case 'remove':
      take(place)
      return
    case 'move':
      return insert(place, take(placeOf(root, text(operation, 'from'))))
    case 'test':
      return compare(place, text(operation, 'value'))
    default:
      throw new SyntaxError(`Cannot read a rendered patch: there is no operation ${text(operation, 'op')}`)
  }
}

interface Place {
  readonly parent: YAMLMap | YAMLSeq
  readonly key: string
  readonly path: string
}

function placeOf(root: Node, path: string): Place {
  const steps = keys(path)
  const parent = steps
    .slice(0, -1)
    .reduce<unknown>((at, key) => (isMap(at) ? at.get(key, true) : isSeq(at) ? at.items[Number(key)] : undefined), root)
  const key = steps.at(-1)
  if (key === undefined || !(isMap(parent) || isSeq(parent)))
    throw new RangeError(`Cannot patch ${path}: there is nothing that could hold it`)
  return { parent, key, path }
}

function insert({ parent, key }: Place, value: unknown): void {
  if (parent.items.length === 0) parent.flow = false // {} and [] have no other style; the lines around decide
  if (isMap(parent)) parent.set(key, value)
  else parent.items.splice(key === '-' ? parent.items.length : Number(key), 0, value)
}

function take({ parent, key, path }: Place): unknown {
  const value: unknown = isMap(parent) ? parent.get(key, true) : parent.items[Number(key)]
  if (value === undefined) throw new RangeError(`Cannot patch ${path}: it is not there`)
  if (isMap(parent)) parent.delete(key)
  else parent.items.splice(Number(key), 1)
  return value
}

function compare({ parent, key, path }: Place, expected: string): void {
  const found: unknown = isMap(parent) ? parent.get(key, true) : parent.items[Number(key)]
  if (!isScalar(found) || String(found.value) !== expected) throw new RangeError(`Cannot patch ${path}: it is not ${expected}`)
}

function text(operation: YAMLMap, key: string): string {
  const value: unknown = operation.get(key)
  if (typeof value === 'string') return value
  throw new SyntaxError(`Cannot read a rendered patch: an operation has no ${key}`)
}
