import type { Operation } from '../review.ts'
import { keys } from '../../generator/pointer.ts'

/** A copy of a value with an RFC 6902 patch applied to it: the measure for what the patch makes of a text. @throws {RangeError} where it finds nothing to work on */
export function patchedValue<T extends object>(value: T, patch: readonly Operation[]): T {
  const copy = structuredClone(value)
  for (const operation of patch) apply(copy, operation)
  return copy
}

function apply(root: object, operation: Operation): void {
  switch (operation.op) {
    case 'add':
      return insert(root, operation.path, structuredClone(operation.value))
    case 'replace':
      take(root, operation.path)
      return insert(root, operation.path, structuredClone(operation.value))
    case 'remove':
      take(root, operation.path)
      return
    case 'move':
      return insert(root, operation.path, take(root, operation.from))
    case 'test': {
      const { parent, key } = place(root, operation.path)
      if (JSON.stringify(Reflect.get(parent, key)) !== JSON.stringify(operation.value))
        throw new RangeError(`Cannot patch ${operation.path}: it is not ${JSON.stringify(operation.value)}`)
    }
  }
}

function place(root: object, path: string): { readonly parent: object; readonly key: string } {
  const steps = keys(path)
  const key = steps.at(-1)
  const parent = steps
    .slice(0, -1)
    .reduce<unknown>((at, step) => (isObject(at) && Object.hasOwn(at, step) ? Reflect.get(at, step) : undefined), root)
  if (key === undefined || !isObject(parent)) throw new RangeError(`Cannot patch ${path}: there is nothing that could hold it`)
  return { parent, key }
}

function insert(root: object, path: string, value: unknown): void {
  const { parent, key } = place(root, path)
  if (Array.isArray(parent)) parent.splice(indexIn(parent, key, path), 0, value)
  else Object.defineProperty(parent, key, { value, enumerable: true, configurable: true, writable: true }) // even __proto__ is a key
}

function indexIn(list: readonly unknown[], key: string, path: string): number {
  if (key === '-') return list.length
  if (/^(0|[1-9]\d*)$/.test(key) && Number(key) <= list.length) return Number(key)
  throw new RangeError(`Cannot patch ${path}: it is no place in its list`)
}

function take(root: object, path: string): unknown {
  const { parent, key } = place(root, path)
  if (!Object.hasOwn(parent, key)) throw new RangeError(`Cannot patch ${path}: it is not there`)
  const value: unknown = Reflect.get(parent, key)
  if (Array.isArray(parent)) parent.splice(Number(key), 1)
  else Reflect.deleteProperty(parent, key)
  return value
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
