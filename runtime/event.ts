import { createHash } from 'node:crypto'
import { REPORTING_CONTROLLER } from './names.ts'
import { hasSurprised, type Outcome } from './outcome.ts'
import type { Subject } from './plan.ts'
import { printable } from './printable.ts'

/** Reasons of our Events; stable, people filter by them. */
export type EventReason =
  'SidecarsEnded' | 'SidecarsEndedDirty' | 'SidecarsLeftOver' | 'SidecarsRefused' | 'SidecarsFailed' | 'SidecarsReverted'

const REASONS: Partial<Record<Outcome['result'], EventReason>> = {
  ended: 'SidecarsEnded',
  reported: 'SidecarsLeftOver',
  reverted: 'SidecarsReverted',
  failed: 'SidecarsFailed',
}

/** The Event reason for an outcome, or undefined where nobody needs to hear of it. */
export function outcomeReason(outcome: Outcome): EventReason | undefined {
  return hasSurprised(outcome) ? 'SidecarsEndedDirty' : REASONS[outcome.result]
}

/** What an Event about an outcome says. */
export function outcomeNote(outcome: Outcome, { verdict }: Subject): string {
  const { result, way, tried, containers } = outcome
  const names = containers.map(({ name, exit }) => (exit === null ? name : `${name} (exit ${exit})`)).join(', ')
  const ended = `Ended ${names}${way === null ? '' : ` by ${way}`}`
  if (hasSurprised(outcome))
    return `${ended}, but the pod is ${outcome.phase}, and was to become ${outcome.expected}: its Job may run the main again`
  if (result === 'ended') return `${ended}: ${verdict.message}`
  if (result === 'reported') return `Would end ${names}: ${verdict.message}`
  return `Could not end ${names}: ${tried.map(attempt => `${attempt.way ?? attempt.container}: ${attempt.error}`).join('; ')}`
}

/**
 * Events (events.k8s.io/v1) on the pod and on its Job. Their names follow from the reason and the containers' ids, so
 * that the API server itself refuses to say the same thing of the same containers twice.
 */
export function eventsOf(subject: Subject, reason: EventReason, note: string, now: Date): readonly object[] {
  const pod = { apiVersion: 'v1', kind: 'Pod', namespace: subject.ref.namespace, name: subject.ref.name, uid: subject.uid }
  const job = subject.job && { apiVersion: 'batch/v1', kind: 'Job', namespace: subject.ref.namespace, ...subject.job }
  return [pod, job].filter(regarding => regarding !== null).map(regarding => event(subject, reason, note, now, regarding))
}

// By the API server's validation of Events; the last of them are kept for the sign that something was cut.
const MAX_NOTE_BYTES = 1024 - 3

interface Regarding {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly uid: string
}

function event(subject: Subject, reason: EventReason, note: string, now: Date, regarding: Regarding): object {
  const ids = subject.verdict.containers.filter(({ role }) => role === 'sidecar').map(({ name, containerID }) => containerID ?? name)
  const key = createHash('sha256')
    .update(JSON.stringify([reason, regarding.uid, subject.uid, subject.verdict.reason, ids]))
    .digest('hex')
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { namespace: regarding.namespace, name: `${regarding.name.slice(0, 200).replace(/[-.]+$/, '')}.${key.slice(0, 16)}` },
    regarding,
    reason,
    note: cut(printable(note, MAX_NOTE_BYTES)),
    action: 'EndSidecars',
    type: reason === 'SidecarsEnded' || reason === 'SidecarsLeftOver' ? 'Normal' : 'Warning',
    eventTime: now.toISOString().replace('Z', '000Z'),
    reportingController: REPORTING_CONTROLLER,
    reportingInstance: REPORTING_CONTROLLER,
  }
}

function cut(text: string): string {
  const bytes = Buffer.from(text)
  return bytes.length <= MAX_NOTE_BYTES ? text : `${new TextDecoder().decode(bytes.subarray(0, MAX_NOTE_BYTES), { stream: true })}…`
}
