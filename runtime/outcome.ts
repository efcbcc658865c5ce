import type { Verdict } from './verdict.ts'

/** What became of one pod that a verdict said to end; the pod's status is the only witness. */
export interface Outcome {
  readonly kind: 'outcome'
  readonly namespace: string
  readonly pod: string
  readonly uid: string
  readonly result: 'ended' | 'reported' | 'reverted' | 'failed' | 'vanished' | 'abandoned'
  /** The way that ended it, or null. */
  readonly way: WayName | null
  /** Every attempt that did not end it, in order, and why. */
  readonly tried: readonly { readonly way: WayName | null; readonly container: string | null; readonly error: string }[]
  /** The containers that were left over, as the pod's status shows them afterwards. */
  readonly containers: readonly EndedContainer[]
  /** The pod's phase by the last look at its status, and the one that the verdict said it would get; null: not known. */
  readonly phase: string | null
  readonly expected: string | null
  /** From the first call to the last look at the status. */
  readonly seconds: number
}

export interface EndedContainer {
  readonly name: string
  readonly containerID: string | null
  /** Null: still running, or never started. */
  readonly exit: number | null
  /** The way that ended it; null: none of ours did. */
  readonly way: WayName | null
}

/** Whether a pod that was ended got another phase than its verdict said: then its Job may run the main again. */
export function hasSurprised({ result, phase, expected }: Outcome): boolean {
  const isKnown = expected === 'Succeeded' || expected === 'Failed'
  return result === 'ended' && isKnown && phase !== null && phase !== expected
}

export type WayName = 'exec' | 'http' | 'signal' | 'complete'

/** One verdict of a sweep, as `-o json` prints it. */
export interface VerdictRecord extends Verdict {
  readonly kind: 'verdict'
  readonly namespace: string
  readonly pod: string
  readonly uid: string
}

/** The last line of a sweep; the counts of pods add up to `pods`. */
export interface Summary {
  readonly kind: 'summary'
  readonly pods: number
  readonly ended: number
  readonly reported: number
  readonly refused: number
  readonly failed: number
  readonly waiting: number
  readonly left: number
  /** Namespaces in scope whose pods may not be listed. */
  readonly forbidden: number
  /** What the sweep could not see or do, each a sentence: a forbidden namespace list, a watch that was lost. */
  readonly limits: readonly string[]
  /** Why no further ending was begun although pods were left, or null. */
  readonly stopped: string | null
  /** sha256 of each, hexadecimal. */
  readonly policy: { readonly wasm: string; readonly catalogue: string; readonly settings: string }
}

/** What a sweep says as it goes: one verdict a pod, one outcome a pod that it was to end, one summary. */
export type SweepRecord = VerdictRecord | Outcome | Summary
