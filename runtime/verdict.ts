/** What the policy says of one pod: the shape of entry point `sidecar/verdict`. */
export interface Verdict {
  readonly decision: 'end' | 'wait' | 'leave' | 'refuse'
  /** Stable code; docs/reasons.md lists them all. */
  readonly reason: string
  /** The reason as a sentence for a person, naming containers and what is awaited. */
  readonly message: string
  /** True when the settings' mode asks to say what would be done and to do nothing. */
  readonly report: boolean
  /** The phase that the mains alone deserve, or null while they have not finished. */
  readonly earned: 'Succeeded' | 'Failed' | null
  /** The phase that the pod gets by the plan, every sidecar's exit code counted; null when nothing would be ended. */
  readonly after: 'Succeeded' | 'Failed' | 'Unknown' | 'Running' | null
  /** Seconds since the epoch when judging again can give another answer, or null. */
  readonly again: number | null
  /** When to complete the pod: before or after the containers' own ways, or not at all. */
  readonly complete: 'first' | 'last' | 'no'
  readonly containers: readonly ContainerVerdict[]
  /** The ways that are not taken, and why; only for a person who asked. */
  readonly passed_over: readonly { readonly container: string; readonly way: 'exec' | 'http' | 'signal'; readonly why: string }[]
  /** What is wrong with the pod's annotations or clock; never fatal. */
  readonly warnings: readonly Warning[]
}

export interface ContainerVerdict {
  readonly name: string
  readonly role: 'main' | 'sidecar' | 'native' | 'init'
  /** Which rule gave it its role, as a sentence. */
  readonly why: string
  readonly containerID: string | null
  readonly state: 'running' | 'waiting' | 'restarting' | 'terminated' | 'unknown'
  readonly left_over: boolean
  /** The ways to end it, best first; empty unless the decision is `end`. */
  readonly ways: readonly Way[]
  /** Seconds between telling it and giving up on the way. */
  readonly grace: number
  /** Those of a higher turn are ended after those of a lower one; absent: 0. */
  readonly turn?: number
  /** It is told nothing, but ends by itself within so many seconds once all others have; absent: it does not. */
  readonly ends_itself?: number
}

/** One way of ending one container. */
export type Way = {
  /** The exit code that it is known to lead to (null: unknown). */
  readonly exit: number | null
  /** What that does to the pod, as a sentence; only for a person who asked. */
  readonly why?: string
} & (
  | { readonly way: 'exec'; readonly argv: readonly string[] }
  | { readonly way: 'http'; readonly port: number; readonly path: string; readonly method: 'GET' | 'POST' }
  | {
      readonly way: 'signal'
      readonly signal: string
      /** `pid1`: tell PID 1 of the container. `own`: the pod shares one process namespace, find the container's own process. */
      readonly process: 'pid1' | 'own'
    }
)

export interface Warning {
  readonly code: string
  readonly message: string
  readonly container: string | null
}
