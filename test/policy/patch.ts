import type { Operation } from '../../runtime/review.ts'
import { keys } from '../../generator/pointer.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** The document that comes of an RFC 6902 patch; the one that was given stays as it is. @throws {RangeError} for an operation that does not fit it */
export function patched(document: object, patch: readonly Operation[]): object {
  const root = structuredClone(document) as Json // read from YAML, like what a patch adds
  for (const operation of patch) {
    if (operation.op === 'move') add(root, operation.path, remove(root, operation.from))
    else if (operation.op === 'remove') remove(root, operation.path)
    else if (operation.op === 'add') add(root, operation.path, structuredClone(operation.value) as Json)
    else if (operation.op === 'replace') {
      remove(root, operation.path)
      add(root, operation.path, structuredClone(operation.value) as Json)
    } else if (valueAt(root, operation.path) !== operation.value)
      throw new RangeError(`${operation.path} is not ${String(operation.value)}`)
  }
  return root as object // a patch of ours never replaces the whole
}

function add(root: Json, path: string, value: Json): void {
  const { holder, key } = place(root, path)
  if (!Array.isArray(holder)) holder[key] = value
  else holder.splice(key === '-' ? holder.length : index(key, holder.length, path), 0, value)
}

function remove(root: Json, path: string): Json {
  const { holder, key } = place(root, path)
  const found = valueAt(root, path)
  if (Array.isArray(holder)) holder.splice(index(key, holder.length - 1, path), 1)
  else delete holder[key]
  return found
}

function index(key: string, most: number, path: string): number {
  if (/^(0|[1-9]\d*)$/.test(key) && Number(key) <= most) return Number(key)
  throw new RangeError(`${path} is no place in its list`)
}

function place(root: Json, path: string): { readonly holder: Json[] | { [key: string]: Json }; readonly key: string } {
  const steps = keys(path)
  const key = steps.at(-1)
  const holder = steps.slice(0, -1).reduce<Json | undefined>(step, root)
  if (key === undefined || typeof holder !== 'object' || holder === null) throw new RangeError(`Nothing can hold ${path}`)
  return { holder, key }
}

function valueAt(root: Json, path: string): Json {
  const value = keys(path).reduce<Json | undefined>(step, root)
  if (value === undefined) throw new RangeError(`${path} is not there`)
  return value
}

function step(at: Json | undefined, key: string): Json | undefined {
  if (Array.isArray(at)) return at[Number(key)]
  return typeof at === 'object' && at !== null && Object.hasOwn(at, key) ? at[key] : undefined
}
