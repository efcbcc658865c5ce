import type { PodRef } from '../cluster.ts'

/** The container that is told, in the life that was judged. */
export interface Target extends PodRef {
  readonly container: string
  readonly containerID: string | null
}
