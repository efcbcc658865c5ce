import type { ContainerStatus, Pod } from '../pod.ts'

/** What became of the container with that id: its exit code once it has ended, and whether the kubelet runs another in its place. */
export interface Fate {
  readonly exit: number
  readonly isRestarted: boolean
}

/** The fate of a container by the pod's status, or undefined while it runs. */
export function fate(pod: Pod, name: string, containerID: string | null): Fate | undefined {
  const status = pod.status?.containerStatuses?.find(entry => entry.name === name)
  if (status === undefined) return undefined
  const ended = endOf(status.state, containerID, status)
  if (ended !== undefined) return { exit: ended, isRestarted: false }
  const before = endOf(status.lastState, containerID, status)
  return before === undefined ? undefined : { exit: before, isRestarted: true }
}

function endOf(state: ContainerStatus['state'], containerID: string | null, status: ContainerStatus): number | undefined {
  const terminated = state?.terminated
  if (terminated?.exitCode === undefined) return undefined
  // A container that never ran has no id of its own in its terminated state.
  const id = terminated.containerID ?? (state === status.state ? status.containerID : undefined) ?? null
  return id === containerID || containerID === null ? terminated.exitCode : undefined
}

/** Whether the pod's phase is one that never changes again. */
export function isFinished(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
}
