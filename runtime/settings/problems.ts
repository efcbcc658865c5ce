import type { core } from 'zod/mini'
import { nearest } from '../nearest.ts'
import { printable } from '../printable.ts'

/** What is wrong with a value, one sentence for each place: `ways[1]: got "sigterm", expected one of exec, http`. */
export function problems(value: unknown, issues: readonly core.$ZodIssue[], knownKeys: readonly string[]): readonly string[] {
  return issues.flatMap(issue => {
    const meant = meantBranch(issue)
    if (meant) return problems(value, meant, knownKeys)
    const place = placeText(issue.path)
    const at = place === '' ? '' : `${place}: `
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => `${at}${unknownKey(key, issue.path.length === 0 ? knownKeys : [])}`)
    if (issue.code === 'invalid_key') return [`${at}got this name, expected ${expectedKey(issue.issues[0])}`]
    return [`${at}got ${found(valueAt(value, issue.path))}, expected ${expected(issue)}`]
  })
}

/** What keeps a value from being the one of several shapes that it comes closest to, or undefined when none is closest. */
function meantBranch(issue: core.$ZodIssue): readonly core.$ZodIssue[] | undefined {
  if (issue.code !== 'invalid_union') return undefined
  const [closest, next] = issue.errors.toSorted((a, b) => a.length - b.length)
  if (!closest || closest.length === next?.length) return undefined
  return closest.map(inner => ({ ...inner, path: [...issue.path, ...inner.path] }))
}

function unknownKey(key: string, known: readonly string[]): string {
  const guess = nearest(key, known)
  return `unknown key ${quoted(key)}${guess === undefined ? '' : `, did you mean ${guess}?`}`
}

function expected(issue: core.$ZodIssue): string {
  if (issue.message !== 'Invalid input') return issue.message // the schema's own words
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.join(', ')}`
    case 'too_small':
      return issue.origin === 'array' ? `a list of at least ${issue.minimum}` : `${issue.minimum} or more`
    case 'too_big':
      return issue.origin === 'array' ? `a list of at most ${issue.maximum}` : `${issue.maximum} or less`
    case 'invalid_union':
      return 'options' in issue && issue.options ? `one of ${issue.options.map(String).join(', ')}` : 'another shape'
    case 'invalid_type':
      return TYPE_NAMES[issue.expected] ?? issue.expected
    default:
      return 'another shape'
  }
}

function expectedKey(issue: core.$ZodIssue | undefined): string {
  return issue?.code === 'invalid_format' && issue.pattern !== undefined ? `one that matches ${issue.pattern}` : 'another'
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a mapping',
  record: 'a mapping',
  string: 'text',
}

function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : 'a mapping'
}

function quoted(text: string): string {
  return `"${printable(text, 60)}"`
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), value)
}

function placeText(path: readonly PropertyKey[]): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : `${index === 0 ? '' : '.'}${printable(String(key), 60)}`))
    .join('')
}
