import type { Path } from '../runtime/review.ts'

/** A path as RFC 6901 writes it. @example pointer(['a/b', 0]) // '/a~1b/0' */
export function pointer(path: Path): string {
  return path.map(key => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** The keys of such a text; a list's index stays text. */
export function keys(text: string): readonly string[] {
  return text
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

/** What a value has at that path, or undefined. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value)
}

/** A path as results say it. @example fieldPath(['spec', 'containers', 0, 'name']) // 'spec.containers[0].name' */
export function fieldPath(path: Path): string {
  return path.map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${key}`)).join('')
}
