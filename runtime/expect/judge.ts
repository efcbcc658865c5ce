import { POLICY_FILES } from '../files.ts'
import { isMapping, type Mapping } from '../mapping.ts'
import { parsePods } from '../pod-file.ts'
import type { Pod } from '../pod.ts'
import { loadPolicy, type Policy } from '../policy.ts'
import { printable } from '../printable.ts'
import { loadReview, type Review } from '../review.ts'
import { findingsOf } from '../review/findings.ts'
import { parseManifests, UnreadableText } from '../review/manifests.ts'
import { type Settings, settingsHash } from '../settings.ts'
import { UsageError } from '../usage.ts'
import type { Case, Subject } from './cases.ts'
import { reviewDifferences, verdictDifferences } from './differences.ts'

/** One expectation, and what is not as it says. */
export interface Judged {
  readonly kind: 'expectation'
  readonly file: string
  readonly name: string
  readonly of: 'pod' | 'manifest'
  readonly met: boolean
  /** One line each: what was expected, what was got. */
  readonly differences: readonly string[]
}

/** What becomes of each expectation. Throws UsageError for a subject that is no pod, or no manifest. */
export function judge(): (one: Case) => Promise<Judged> {
  const policies = new Map<string, Promise<Policy>>()
  const reviews = new Map<string, Promise<Review>>()
  // Nothing sweeps here: no namespace is its own, and no claim.
  const policyOf = (settings: Settings) =>
    kept(policies, settingsHash(settings), () => loadPolicy(POLICY_FILES, settings, { namespace: null, sweep: '' }))
  const reviewOf = (settings: Settings, today: Date) =>
    kept(reviews, `${settingsHash(settings)} ${today.toISOString().slice(0, 10)}`, () => loadReview(POLICY_FILES, settings, { today }))
  return async one => {
    const { file, name, of, settings, now } = one
    const differences =
      one.of === 'pod' ? podDifferences(one, await policyOf(settings)) : manifestDifferences(one, await reviewOf(settings, now))
    return { kind: 'expectation', file, name, of, met: differences.length === 0, differences }
  }
}

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  const value = known.get(key) ?? make()
  known.set(key, value)
  return value
}

function podDifferences({ file, name, subject, now, expectation }: Extract<Case, { of: 'pod' }>, policy: Policy): readonly string[] {
  const { namespace, node, expect } = expectation
  const pod = podOf(subject)
  try {
    const facts = policy.facts(pod)
    return verdictDifferences(expect, policy.verdict(facts, { namespace: namespace ?? null, node: node ?? null }, now))
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new UsageError(`${file}: ${printable(name, 100)}: ${printable(error.message, 400)}`, { cause: error })
  }
}

function podOf(subject: Subject): Pod {
  const pods = subject.kind === 'text' ? parsePods(subject.text, subject.name) : parsePods(JSON.stringify(subject.value), subject.name)
  const [pod] = pods
  if (pod === undefined || pods.length > 1) throw new UsageError(`${subject.name}: holds ${pods.length} pods, expected one`)
  return pod
}

function manifestDifferences({ subject, expectation }: Extract<Case, { of: 'manifest' }>, review: Review): readonly string[] {
  const manifests = manifestsOf(subject)
  const beside = manifests.flatMap(manifest => review.beside(manifest))
  return reviewDifferences(expectation.expect, {
    findings: manifests.flatMap(manifest => findingsOf(review, manifest, beside)),
    templates: manifests.flatMap(manifest => review.templates(manifest)),
  })
}

function manifestsOf(subject: Subject): readonly Mapping[] {
  if (subject.kind === 'value') {
    const { apiVersion, kind } = subject.value
    if (typeof apiVersion === 'string' && typeof kind === 'string') return [subject.value]
    throw new UsageError(`${subject.name}: manifest: got no apiVersion and kind, expected a Kubernetes object`)
  }
  try {
    const values = parseManifests(subject.text)
      .manifests.map(({ value }) => value)
      .filter(isMapping)
    if (values.length > 0) return values
    throw new UsageError(`${subject.name}: holds no Kubernetes object`)
  } catch (error) {
    if (!(error instanceof UnreadableText)) throw error
    const at = error.place === null ? '' : `:${error.place.line}:${error.place.column}`
    throw new UsageError(`${subject.name}${at}: ${error.message}`, { cause: error })
  }
}
