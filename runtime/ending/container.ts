import type { ContainerState, ContainerStatus, Pod } from '../pod.ts'

/** What became of the container with that id: its exit code, and whether the kubelet starts or runs another in its place. */
export interface Fate {
  readonly exit: number
  readonly isRestarted: boolean
}

/** The fate of a container by the pod's status, or undefined while it runs. */
export function fate(pod: Pod, name: string, containerID: string | null): Fate | undefined {
  const status = statusOf(pod, name)
  if (status === undefined) return undefined
  // One that never ran has no id of its own in its terminated state.
  const now = exitOf(status.state, containerID, status.containerID)
  if (now !== undefined) return { exit: now, isRestarted: false }
  const before = exitOf(status.lastState, containerID, undefined)
  return before === undefined ? undefined : { exit: before, isRestarted: true }
}

function exitOf(state: ContainerState | undefined, containerID: string | null, statusID: string | undefined): number | undefined {
  const terminated = state?.terminated
  if (terminated?.exitCode === undefined) return undefined
  const id = terminated.containerID ?? statusID ?? null
  return id === containerID || containerID === null ? terminated.exitCode : undefined
}

/** Whether the pod's status shows the container as ended, whichever one has its name now. */
export function isTerminated(pod: Pod, name: string): boolean {
  return statusOf(pod, name)?.state?.terminated !== undefined
}

/** Whether the pod's phase is one that never changes again. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}

function statusOf(pod: Pod, name: string): ContainerStatus | undefined {
  return pod.status?.containerStatuses?.find(entry => entry.name === name)
}
