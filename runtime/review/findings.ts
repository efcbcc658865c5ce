import { type Finding, movedFinding, type Review } from '../review.ts'
import { isMapping, type Mapping } from '../mapping.ts'
import { itemsOf } from './list.ts'

/** The findings of a manifest, with parts of others that count in them beside it. The items of a List are judged one by one. */
export function findingsOf(review: Review, manifest: Mapping, beside: readonly object[] = []): readonly Finding[] {
  const items = itemsOf(manifest)
  if (items === undefined) return review.findings(manifest, beside)
  return items.flatMap((item, index) => (isMapping(item) ? review.findings(item, beside).map(one => inItem(index, one)) : []))
}

function inItem(index: number, finding: Finding): Finding {
  return movedFinding(finding, {
    path: path => ['items', index, ...path],
    pointer: pointer => `/items/${index}${pointer}`,
  })
}
