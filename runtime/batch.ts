import type { OwnerReference, PodMetadata, PodSpec } from './pod.ts'

// Jobs and CronJobs as the API server sends them, cut to the fields that anything here reads, and as untrusted as a pod.

export interface PodTemplate {
  readonly metadata?: PodMetadata
  readonly spec?: PodSpec
}

export interface BatchMetadata {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly ownerReferences?: readonly OwnerReference[]
}

export interface Job {
  readonly metadata?: BatchMetadata
  readonly spec?: JobSpec
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] }
}

export interface JobSpec {
  readonly template?: PodTemplate
}

export interface CronJob {
  readonly metadata?: BatchMetadata
  readonly spec?: {
    readonly schedule?: string
    readonly suspend?: boolean
    readonly concurrencyPolicy?: string
    readonly jobTemplate?: { readonly spec?: JobSpec }
  }
  readonly status?: {
    readonly active?: readonly { readonly name?: string; readonly uid?: string }[]
    /** RFC 3339. */
    readonly lastScheduleTime?: string
  }
}
