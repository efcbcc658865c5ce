import type { Path, Severity } from '../runtime/review.ts'
import { printable } from '../runtime/printable.ts'
import { fieldPath, valueAt } from './pointer.ts'

/** One result of the KRM functions specification. */
export interface Result {
  readonly message: string
  readonly severity: Severity
  readonly resourceRef?: object
  readonly field?: object
  readonly file?: { readonly path: string; readonly index?: number }
  readonly tags?: Readonly<Record<string, string>>
}

/** What there is to say of one place in an item. */
export interface Said {
  readonly message: string
  readonly severity: Severity
  readonly path: Path
  readonly proposed?: unknown
  readonly tags?: Readonly<Record<string, string>>
}

/** A result with the item's reference, field and file. */
export function result(item: unknown, { message, severity, path, proposed, tags }: Said): Result {
  const file = fileOf(item)
  return {
    message: printable(message, 1000),
    severity,
    ...reference(item),
    ...(path.length > 0 && { field: { path: fieldPath(path), ...(proposed !== undefined && { proposedValue: proposed }) } }),
    ...(file && { file }),
    ...(tags && { tags }),
  }
}

/** The same for a person: kustomize shows standard error only. */
export function resultLine({ severity, file, message, field, tags }: Result & { readonly field?: { readonly path?: string } }): string {
  const at = [file?.path, field?.path].filter(part => part !== undefined).join(': ')
  return `${severity}: ${printable(at === '' ? message : `${at}: ${message}`, 1200)}${tags?.['rule'] === undefined ? '' : ` (${tags['rule']})`}\n`
}

function reference(item: unknown): { readonly resourceRef?: object } {
  const [apiVersion, kind, name, namespace] = [['apiVersion'], ['kind'], ['metadata', 'name'], ['metadata', 'namespace']].map(path =>
    valueAt(item, path),
  )
  if (typeof kind !== 'string') return {}
  return {
    resourceRef: { apiVersion, kind, ...(typeof namespace === 'string' && { namespace }), ...(typeof name === 'string' && { name }) },
  }
}

const FILE = ['config.kubernetes.io/path', 'internal.config.kubernetes.io/path']
const INDEX = ['config.kubernetes.io/index', 'internal.config.kubernetes.io/index']

function fileOf(item: unknown): Result['file'] {
  const annotation = (keys: readonly string[]) => keys.map(key => valueAt(item, ['metadata', 'annotations', key])).find(isText)
  const path = annotation(FILE)
  if (path === undefined) return undefined
  const index = Number(annotation(INDEX))
  return { path, ...(Number.isInteger(index) && { index }) }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
