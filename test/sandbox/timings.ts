/** How long the simulated parts take, in milliseconds; a real cluster's own times are in brackets. */
export type Timings = {
  /** From a change in a container to the pod's status (0.1 to 1.2 s). */
  readonly reportMs: number
  /** Until the kubelet puts back a phase that it has not taken (about 1 s). */
  readonly revertMs: number
  /** Before the second restart; doubles with each one (10 s). */
  readonly backOffMs: number
  /** The longest back-off (5 min). */
  readonly maxBackOffMs: number
  /** The shortest grace before KILL (2 s). */
  readonly minGraceMs: number
  /** Until the Job controller looks at a change (about 1 s). */
  readonly jobMs: number
  /** Between two bookmarks of a watch (1 min). */
  readonly bookmarkMs: number
}

export const defaultTimings: Timings = {
  reportMs: 0,
  revertMs: 20,
  backOffMs: 100,
  maxBackOffMs: 3_000,
  minGraceMs: 0,
  jobMs: 0,
  bookmarkMs: 1_000,
}
