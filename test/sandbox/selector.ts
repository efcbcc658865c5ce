import type { KubeObject } from './objects.ts'

export type Selector = (object: KubeObject) => boolean

/** What is wrong with a query's selectors, if anything. */
export function selectorFault(query: URLSearchParams): string | undefined {
  try {
    selector(query)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

type Labels = Readonly<Record<string, string>>
type Requirement = (labels: Labels) => boolean

/** A selector for the query's `labelSelector` and `fieldSelector`. Throws SyntaxError for what can't be parsed, RangeError for an unknown field. */
export function selector(query: URLSearchParams): Selector {
  const labels = labelRequirements(query.get('labelSelector') ?? '')
  const fields = fieldRequirements(query.get('fieldSelector') ?? '')
  return object =>
    labels.every(requirement => requirement(object.metadata.labels ?? {})) && fields.every(requirement => requirement(fieldsOf(object)))
}

function labelRequirements(text: string): readonly Requirement[] {
  return terms(text).map(term => labelRequirement(term))
}

// Commas inside the parentheses of a set do not part terms.
function terms(text: string): readonly string[] {
  return text
    .split(/,(?![^(]*\))/)
    .map(term => term.trim())
    .filter(term => term !== '')
}

function labelRequirement(term: string): Requirement {
  const set = /^([^\s!=()]+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(term)
  if (set !== null)
    return inSet(
      set[1] ?? '',
      set[2] === 'in',
      (set[3] ?? '').split(',').map(value => value.trim()),
    )
  const equality = /^([^\s!=()]+)\s*(==|=|!=)\s*([^\s!=()]*)$/.exec(term)
  if (equality !== null) return inSet(equality[1] ?? '', equality[2] !== '!=', [equality[3] ?? ''])
  const existence = /^(!?)\s*([^\s!=()]+)$/.exec(term)
  if (existence === null) throw new SyntaxError(`unable to parse requirement: ${term}`)
  return labels => Object.hasOwn(labels, existence[2] ?? '') === (existence[1] === '')
}

// An object without the label matches != and notin.
function inSet(key: string, isWanted: boolean, values: readonly string[]): Requirement {
  return labels => (Object.hasOwn(labels, key) && values.includes(labels[key] ?? '')) === isWanted
}

function fieldRequirements(text: string): readonly Requirement[] {
  return terms(text).map(term => {
    const parts = /^([^\s!=]+)\s*(==|=|!=)\s*([^\s!=]*)$/.exec(term)
    if (parts === null) throw new SyntaxError(`invalid selector: '${text}'; can't understand '${term}'`)
    const [, field = '', operator, value = ''] = parts
    if (!fieldNames.includes(field)) throw new RangeError(`field label not supported: ${field}`)
    return inSet(field, operator !== '!=', [value])
  })
}

const fieldNames = ['metadata.name', 'metadata.namespace', 'status.phase', 'spec.nodeName']

function fieldsOf(object: KubeObject): Labels {
  return {
    'metadata.name': object.metadata.name,
    'metadata.namespace': object.metadata.namespace ?? '',
    'status.phase': text(object.status, 'phase'),
    'spec.nodeName': text(object.spec, 'nodeName'),
  }
}

function text(part: object | undefined, field: string): string {
  const value: unknown = part === undefined ? '' : Reflect.get(part, field)
  return typeof value === 'string' ? value : ''
}
