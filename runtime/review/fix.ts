import { isDeepStrictEqual } from 'node:util'
import type { Finding, Review, Severity } from '../review.ts'
import { isSelected, type Selection } from './file-review.ts'
import { type Manifest, type Manifests, parseManifests, UnreadableText } from './manifests.ts'
import { patchedValue } from './patch.ts'
import { rewritten } from './rewrite.ts'

/** A text with all findings mended that can be, or why nothing of it was. */
export type Fix =
  { readonly kind: 'fixed'; readonly text: string } | { readonly kind: 'failed'; readonly finding: Finding; readonly reason: string }

export interface FixOptions {
  readonly review: Review
  /** Which findings to mend. */
  readonly selection: Selection
}

/** More than a file has findings. */
const MAX_ROUNDS = 10_000

/** Mends one finding after the other, each judged anew, until none is left that has a patch. */
export function fixText(text: string, { review, selection }: FixOptions): Fix {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  let now = text.slice(mark.length)
  for (let round = 1; ; round++) {
    const next = firstFixable(parseManifests(now), review, selection)
    if (next === undefined) return { kind: 'fixed', text: mark + now }
    try {
      if (round > MAX_ROUNDS) throw new RangeError('one patch brings back what another mends')
      now = mended(now, next, review)
    } catch (error) {
      if (!(error instanceof RangeError || error instanceof UnreadableText)) throw error
      return { kind: 'failed', finding: next.finding, reason: error.message }
    }
  }
}

interface Fixable {
  readonly manifest: Manifest
  readonly finding: Finding
}

function firstFixable({ manifests }: Manifests, review: Review, selection: Selection): Fixable | undefined {
  for (const manifest of manifests) {
    const finding = review.findings(manifest.value).find(one => !one.exception && one.fix.patch.length > 0 && isSelected(one, selection))
    if (finding !== undefined) return { manifest, finding }
  }
  return undefined
}

/** The text without that finding. @throws {RangeError} when its patch does not work, or does not mend it */
function mended(text: string, { manifest, finding }: Fixable, review: Review): string {
  const { patch } = finding.fix
  const wanted = patchedValue(manifest.value, patch)
  const before = review.findings(manifest.value)
  const after = review.findings(wanted)
  if (after.some(one => sameFinding(one, finding))) throw new RangeError('its patch does not mend it')
  if (isWorse(after, before)) throw new RangeError('its patch makes it worse')
  const expected = parseManifests(text).manifests.map(one => (one.index === manifest.index ? wanted : one.value))
  const found = rewritten(text, manifest.index, patch, wanted).find(candidate => means(candidate, expected))
  if (found === undefined) throw new RangeError('its YAML is too unusual to be changed by a program')
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
