import { type Cluster, ClusterError } from '../cluster.ts'
import { CLAIM_ANNOTATION, COMPLETED_ANNOTATION } from '../names.ts'
import type { Subject } from '../plan.ts'
import { completionMark } from '../way/complete.ts'
import type { AdmissionRecord, RightRecord } from './record.ts'
import { minorOf } from './version.ts'

/** Before this an API server may take a dry run for the thing itself. */
const DRY_RUN_SINCE = 18

/** Pods that change, or are gone, while they are asked for. */
const MAX_TRIES = 3

/** The judged pods that a patch can be tried on; a few of them, however many there are. */
export class Candidates {
  readonly #left: Subject[] = []
  #other: Subject | undefined

  add(subject: Subject): void {
    const { decision, complete } = subject.verdict
    if (decision === 'end' && complete !== 'no') {
      if (this.#left.length < MAX_TRIES) this.#left.push(subject)
    } else if (decision !== 'leave') this.#other ??= subject
  }

  /** Those that are to be completed, or else one that is only looked at. */
  get subjects(): readonly Subject[] {
    return this.#left.length > 0 ? this.#left : this.#other ? [this.#other] : []
  }
}

export interface AdmissionOptions {
  readonly rights: readonly RightRecord[]
  /** The API server's version, null: not known. */
  readonly server: string | null
}

/** Asks by a dry run whether admission would let the reaper's patch of pods/status through. Nothing is changed. */
export async function askAdmission(
  asked: Cluster,
  candidates: Candidates,
  { rights, server }: AdmissionOptions,
  signal: AbortSignal,
): Promise<AdmissionRecord> {
  const why = whyNotAsked(rights, server)
  if (why !== undefined) return unknown(why)
  let last = unknown('there is no pod in scope that it could be asked of')
  for (const subject of candidates.subjects) {
    const patch = patchFor(subject, asked.now())
    const tried = 'status' in patch ? 'completion' : 'annotation'
    const about = { kind: 'admission', namespace: subject.ref.namespace, pod: subject.ref.name, tried } as const
    try {
      await asked.tryPatchPodStatus(subject.ref, patch, signal)
      return { ...about, result: 'allowed', message: `by a dry run of ${TRIED[tried]}` }
    } catch (error) {
      if (!(error instanceof ClusterError) || !IS_ANSWER[error.code]) throw error
      last = { ...about, ...answerOf(error) }
      if (error.code !== 'conflict' && error.code !== 'not-found') return last
    }
  }
  return last
}

const TRIED = { completion: 'the patch that completes a pod', annotation: 'its annotation alone, as no pod is left over now' } as const

const IS_ANSWER: Readonly<Record<string, boolean>> = { forbidden: true, invalid: true, server: true, conflict: true, 'not-found': true }

function whyNotAsked(rights: readonly RightRecord[], server: string | null): string | undefined {
  const right = rights.find(({ verb, resource }) => verb === 'patch' && resource === 'pods/status')
  if (right === undefined) return 'with the setting mode report nothing is patched'
  if (right.allowed !== true) return 'not asked, as the right to patch pods/status is missing or not known'
  const minor = server === null ? null : minorOf(server)
  if (minor === null || minor < DRY_RUN_SINCE)
    return `not asked, as only API servers of 1.${DRY_RUN_SINCE} or newer are sure to take a dry run for one`
  return undefined
}

/** The completion as a sweep makes it, where the pod is left over; else the annotation of a claim, which says nothing to a kubelet. */
function patchFor(subject: Subject, now: Date) {
  const { resourceVersion, verdict } = subject
  if (verdict.decision !== 'end' || verdict.complete === 'no' || verdict.earned === null)
    return { metadata: { resourceVersion, annotations: { [CLAIM_ANNOTATION]: '{}' } } }
  const annotations = { [COMPLETED_ANNOTATION]: completionMark(subject, now) }
  return { metadata: { resourceVersion, annotations }, status: { phase: verdict.earned } }
}

function answerOf({ code, message }: ClusterError): Pick<AdmissionRecord, 'result' | 'message'> {
  if (/ denied (?:the )?request/.test(message)) return { result: 'refused', message }
  if (/dry ?run/i.test(message) && /not support/.test(message))
    return { result: 'unknown', message: `a webhook has side effects and takes no dry run: ${message}` }
  return {
    result: 'unknown',
    message: code === 'conflict' || code === 'not-found' ? 'the pods changed while they were asked for' : message,
  }
}

function unknown(message: string): AdmissionRecord {
  return { kind: 'admission', result: 'unknown', namespace: null, pod: null, tried: null, message }
}
