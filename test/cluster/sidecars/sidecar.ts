import type { Fields } from '../harness/manifests.ts'
import type { Variant } from '../suite/row.ts'

/** A known sidecar as its users write it, and what comes of it under each set of ways. */
export type Sidecar = Readonly<{
  /** Its row of the catalogue. */
  row: string
  /** What is special of this manifest. */
  title: string
  /** Whether the real program runs, or a stand-in that speaks its protocol. */
  proof: 'program' | 'protocol'
  container: Fields & Readonly<{ name: string; image: string }>
  annotations?: Readonly<Record<string, string>>
  labels?: Readonly<Record<string, string>>
  /** Files that it mounts, by their path. */
  files?: Readonly<Record<string, string>>
  /** Where it listens once it is up; its main ends after that. */
  ports: readonly number[]
  /** The pod's; 3 unless given. */
  graceSeconds?: number
  ends: Readonly<Partial<Record<Variant, End>>>
}>

/** The way that ends it, after those that were tried in vain; or the reason to refuse; or that its only way fails. */
export type End =
  | Readonly<{ by: WayName; afterTrying?: readonly RegExp[] }>
  | Readonly<{ refused: 'dirty-exit' | 'no-way' | 'unknown-exit' }>
  | Readonly<{ failsBy: RegExp }>

type WayName = Exclude<Variant, 'all'>

export const byExec = { by: 'exec' } as const
export const byHttp = { by: 'http' } as const
export const bySignal = { by: 'signal' } as const
export const byComplete = { by: 'complete' } as const
export const dirty = { refused: 'dirty-exit' } as const
export const noWay = { refused: 'no-way' } as const

const noKill = /^signal \S+: .*(not found|no such file)/

/** Its image has neither a shell nor kill. */
export const withoutKill = { failsBy: noKill } as const
export const byCompleteWithoutKill = { by: 'complete', afterTrying: [noKill] } as const
