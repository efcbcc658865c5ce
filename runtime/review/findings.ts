import type { Finding, Operation, Path, Review } from '../review.ts'
import { isMapping } from '../mapping.ts'

/** The findings of a manifest. The items of a List are judged one by one: together they take the policy a time that grows with their square. */
export function findingsOf(review: Review, manifest: Readonly<Record<string, unknown>>): readonly Finding[] {
  const { items } = manifest
  if (!Array.isArray(items)) return review.findings(manifest)
  return items.flatMap((item: unknown, index) => (isMapping(item) ? review.findings(item).map(one => below(['items', index], one)) : []))
}

function below(path: Path, finding: Finding): Finding {
  const prefix = `/${path.join('/')}`
  const { text, patch } = finding.fix
  return { ...finding, path: [...path, ...finding.path], fix: { text, patch: patch.map(operation => moved(operation, prefix)) } }
}

function moved(operation: Operation, prefix: string): Operation {
  const path = `${prefix}${operation.path}`
  return operation.op === 'move' ? { ...operation, path, from: `${prefix}${operation.from}` } : { ...operation, path }
}
