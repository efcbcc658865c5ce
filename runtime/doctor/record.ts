import type { Permission } from '../cluster.ts'
import type { Hashes } from '../policy/load.ts'
import type { MatchingWebhook, Need, NativeSwitch, Support } from './rules.ts'

// What a diagnosis says, a record each; -o json prints them as they are.

/** What makes the pods: a CronJob, a Job of nobody's, or what owns the Job or the pod. */
export interface Owner {
  readonly kind: string
  readonly name: string
}

/** The versions of a cluster, and what follows from them. */
export interface ClusterRecord {
  readonly kind: 'cluster'
  readonly address: string
  /** Null: not readable. */
  readonly server: string | null
  /** The oldest kubelet and on which node; null: not readable, or there is no node. */
  readonly kubelet: { readonly node: string; readonly version: string } | null
  readonly nodes: number | null
  readonly native: Support['native']
  readonly message: string
}

/** Equal sidecars of one owner that are not native. */
export interface SidecarRecord {
  readonly kind: 'sidecar'
  readonly namespace: string
  readonly owner: Owner
  readonly container: string
  readonly row: string | null
  readonly title: string | null
  readonly why: string
  /** How many pods have it now, and how many templates of Jobs and CronJobs. */
  readonly pods: number
  readonly templates: number
  readonly certain: boolean
  readonly needsReaper: boolean
  readonly native: NativeSwitch
  /** Whether native sidecars work in this cluster. */
  readonly possible: Support['native']
}

/** Equal containers of one owner's pods that were to be native sidecars. */
export interface StrippedRecord {
  readonly kind: 'stripped'
  readonly namespace: string
  readonly owner: Owner
  readonly container: string
  readonly how: 'init' | 'plain'
  readonly message: string
  readonly pods: number
  /** One of them. */
  readonly pod: string
  /** Null: they could not be read. */
  readonly webhooks: readonly MatchingWebhook[] | null
}

/** A CronJob that runs no more because a Job of its own hangs. */
export interface BlockedRecord {
  readonly kind: 'blocked'
  readonly namespace: string
  readonly cronJob: string
  readonly job: string
  readonly pod: string
  /** The verdict on the pod. */
  readonly decision: 'end' | 'wait' | 'refuse' | 'leave'
  readonly reason: string
  readonly message: string
  /** A sweep with these settings would only report it. */
  readonly report: boolean
  /** When the last main ended. RFC 3339, or null. */
  readonly since: string | null
  readonly schedule: string | null
  /** When the last run was due. RFC 3339, or null. */
  readonly lastSchedule: string | null
}

/** A right that the reaper needs. */
export interface RightRecord extends Omit<Permission, 'namespace'> {
  readonly kind: 'right'
  /** Null: in all namespaces. */
  readonly namespace: string | null
  /** What needs it. */
  readonly why: string
  /** Null: the server could not be asked. */
  readonly allowed: boolean | null
}

/** What admission says of the patch that completes a pod. */
export interface AdmissionRecord {
  readonly kind: 'admission'
  readonly result: 'allowed' | 'refused' | 'unknown'
  /** The pod that it was asked of, or null. */
  readonly namespace: string | null
  readonly pod: string | null
  /** Whether all of the patch was tried, or the annotation alone. */
  readonly tried: 'completion' | 'annotation' | null
  readonly message: string
}

/** Why something is not known. */
export interface Limit {
  readonly what: string
  readonly why: string
  /** Part of what was asked for: not only what is around it. */
  readonly isOfScope: boolean
}

export interface DoctorSummary extends Need {
  readonly kind: 'summary'
  readonly pods: number
  readonly jobs: number
  readonly cronJobs: number
  /** Groups, not pods. */
  readonly sidecars: number
  readonly stripped: number
  readonly blocked: number
  readonly denied: number
  /** Pods and templates of which nobody knows who is a sidecar. */
  readonly unclear: number
  /** What could not be seen, each with its reason. */
  readonly limits: readonly string[]
  /** Some of what was asked for could not be read. */
  readonly incomplete: boolean
  readonly policy: Hashes
}

export type DoctorRecord = ClusterRecord | SidecarRecord | StrippedRecord | BlockedRecord | RightRecord | AdmissionRecord | DoctorSummary
