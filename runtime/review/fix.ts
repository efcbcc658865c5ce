import { isDeepStrictEqual } from 'node:util'
import type { Finding, Review, Severity } from '../review.ts'
import { isSelected, type Selection } from './file-review.ts'
import { findingsOf } from './findings.ts'
import { type Manifest, parseManifests, UnreadableText } from './manifests.ts'
import { patchedValue } from './patch.ts'
import { documentTexts, rewritten, UNUSUAL } from './rewrite.ts'

/** A text with all findings mended that can be, or why nothing of it was. */
export type Fix =
  { readonly kind: 'fixed'; readonly text: string } | { readonly kind: 'failed'; readonly finding: Finding; readonly reason: string }

export interface FixOptions {
  readonly review: Review
  /** Which findings to mend. */
  readonly selection: Selection
}

/** More than a document has findings. */
const MAX_ROUNDS = 10_000

/** Mends one finding of a document after the other, each judged anew, until none is left that has a patch. */
export function fixText(text: string, options: FixOptions): Fix {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const hasReturns = /\r\n/.test(text) && !/[^\r]\n/.test(text)
  const lines = hasReturns ? text.replaceAll('\r\n', '\n') : text
  const source = lines.slice(mark.length)
  const { manifests } = parseManifests(source)
  const fixable = manifests.flatMap(manifest => {
    const finding = firstFixable(manifest, options)
    return finding ? [{ index: manifest.index, finding }] : []
  })
  const [first] = fixable
  if (first === undefined) return { kind: 'fixed', text }
  let { finding } = first
  try {
    const texts = [...documentTexts(source)]
    const values = new Map<number, object>(manifests.map(({ index, value }) => [index, value]))
    for (const one of fixable) {
      finding = one.finding
      const document = fixDocument(texts[one.index] ?? '', options)
      texts[one.index] = document.text
      values.set(one.index, document.value)
    }
    const fixed = texts.join('')
    if (!means(fixed, [...values.values()])) throw new RangeError(UNUSUAL)
    return { kind: 'fixed', text: mark + (hasReturns ? fixed.replaceAll('\n', '\r\n') : fixed) }
  } catch (error) {
    if (error instanceof RangeError || error instanceof UnreadableText) return { kind: 'failed', finding, reason: error.message }
    throw error
  }
}

function firstFixable({ value }: Manifest, { review, selection }: FixOptions): Finding | undefined {
  return findingsOf(review, value).find(one => !one.exception && one.fix.patch.length > 0 && isSelected(one, selection))
}

/** @throws {RangeError} when a patch does not work, or does not mend its finding */
function fixDocument(text: string, options: FixOptions): { readonly text: string; readonly value: object } {
  let now = text
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const [manifest, ...others] = parseManifests(now).manifests
    if (manifest === undefined || others.length > 0) throw new RangeError(UNUSUAL)
    const finding = firstFixable(manifest, options)
    if (finding === undefined) return { text: now, value: manifest.value }
    now = mended(now, manifest, finding, options)
  }
  throw new RangeError('one patch brings back what another mends')
}

function mended(text: string, { value }: Manifest, finding: Finding, { review }: FixOptions): string {
  const { patch } = finding.fix
  const wanted = patchedValue(value, patch)
  const [before, after] = [value, wanted].map(one => findingsOf(review, one)) as [readonly Finding[], readonly Finding[]] // one each
  const same = (all: readonly Finding[]) => all.filter(one => sameFinding(one, finding)).length // a List may have two of a name
  if (same(after) >= same(before)) throw new RangeError('its patch does not mend it')
  if (isWorse(after, before)) throw new RangeError('its patch makes it worse')
  const found = rewritten(text, patch, wanted).find(candidate => means(candidate, [wanted]))
  if (found === undefined) throw new RangeError(UNUSUAL)
  return found
}

function sameFinding(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.container === b.container && a.message === b.message
}

function isWorse(after: readonly Finding[], before: readonly Finding[]): boolean {
  const [errors, warnings] = (['error', 'warning'] as const).map(severity => count(after, severity) - count(before, severity))
  return (errors ?? 0) > 0 || (errors ?? 0) + (warnings ?? 0) > 0
}

function count(findings: readonly Finding[], wanted: Severity): number {
  return findings.filter(({ severity }) => severity === wanted).length
}

function means(text: string, expected: readonly object[]): boolean {
  try {
    const values = parseManifests(text).manifests.map(({ value }) => value)
    return isDeepStrictEqual(values, expected)
  } catch {
    return false
  }
}
