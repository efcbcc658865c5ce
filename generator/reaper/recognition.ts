import type { CatalogueRow, CatalogueRows } from '../../runtime/catalogue.ts'

/** How a row recognises a container, in words that CEL, Rego and JMESPath can all compare. */
export interface Recognition {
  readonly names: readonly string[]
  readonly prefixes: readonly string[]
  /** Regular expressions (RE2) of an image with a slash before it. */
  readonly images: readonly string[]
  /** `annotation KEY`, `label KEY` or `namespaceLabel KEY`, with `=VALUE` where only that value counts. */
  readonly marks: readonly string[]
}

/** How each known sidecar is recognised; a row that has neither image nor mark never is. */
export function recognitions(rows: CatalogueRows): readonly Recognition[] {
  return Object.values(rows)
    .filter(row => row.images.length + row.marks.length > 0)
    .map(({ names, prefixes, images, marks }) => ({ names, prefixes, images: images.map(imagePattern), marks: marks.map(markText) }))
}

/** The repository ends so, whatever tag and digest follow: as the policy compares it, by the part before an @. */
function imagePattern(suffix: string): string {
  return `^[^@]*/${suffix.replaceAll('.', '[.]')}(:[^/@]*)?(@.*)?$`
}

function markText(mark: CatalogueRow['marks'][number]): string {
  const place =
    'annotation' in mark
      ? `annotation ${mark.annotation}`
      : 'label' in mark
        ? `label ${mark.label}`
        : `namespaceLabel ${mark.namespaceLabel}`
  return mark.value === undefined ? place : `${place}=${mark.value}`
}
