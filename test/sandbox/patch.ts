import type { Json } from './objects.ts'

type Fields = { readonly [key: string]: Json }

/** Applies a merge patch (RFC 7386). */
export function mergePatch(target: Json, patch: Json): Json {
  return merge(target, patch, (_key, _before, list) => list)
}

/** Applies a strategic merge patch, as far as a pod's metadata and status need it: conditions merge by type, all other lists are replaced. */
export function strategicMergePatch(target: Json, patch: Json): Json {
  return merge(target, patch, (key, before, list) => (key === 'conditions' && Array.isArray(before) ? mergeByType(before, list) : list))
}

type MergeList = (key: string, before: Json | undefined, list: readonly Json[]) => Json

function merge(target: Json, patch: Json, mergeList: MergeList): Json {
  if (!isFields(patch)) return patch
  const result: Record<string, Json> = isFields(target) ? { ...target } : {}
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith('$')) continue
    if (value === null) delete result[key]
    else result[key] = isList(value) ? mergeList(key, result[key], value) : merge(result[key] ?? {}, value, mergeList)
  }
  return result
}

function mergeByType(before: readonly Json[], changed: readonly Json[]): Json {
  const typeOf = (item: Json): Json | undefined => (isFields(item) ? item['type'] : undefined)
  const kept = before.map(item => mergePatch(item, changed.find(change => typeOf(change) === typeOf(item)) ?? {}))
  const known = new Set(before.map(typeOf))
  return [...kept, ...changed.filter(item => !known.has(typeOf(item)))]
}

function isFields(value: Json | undefined): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

// Array.isArray alone does not narrow a readonly array.
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}
