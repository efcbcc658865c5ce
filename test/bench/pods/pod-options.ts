import type { Kind } from './mix.ts'

export interface PodOptions {
  readonly index: number
  readonly kind: Kind
  readonly namespace: string
  readonly node: string
  /** The Job that all these pods are of. */
  readonly job: { readonly name: string; readonly uid: string }
  /** When the pod started; its main finished a minute later. */
  readonly start: Date
}

/** A time as Kubernetes writes it. */
export function seconds(time: Date): string {
  return `${time.toISOString().slice(0, 19)}Z`
}
