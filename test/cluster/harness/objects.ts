/** The fields of a Job that scenarios read, as the API's JSON has them. */
export type Job = Readonly<{
  metadata: Metadata
  status?: {
    active?: number
    succeeded?: number
    failed?: number
    startTime?: string
    completionTime?: string
    conditions?: Condition[]
  }
}>

/** The fields of a Pod that scenarios read. */
export type Pod = Readonly<{
  metadata: Metadata
  spec: Readonly<Record<string, unknown>>
  status: {
    phase: string
    reason?: string
    conditions?: Condition[]
    containerStatuses?: ContainerStatus[]
    initContainerStatuses?: ContainerStatus[]
  }
}>

export type Metadata = Readonly<{
  name: string
  namespace: string
  uid: string
  resourceVersion: string
  creationTimestamp: string
  labels?: Record<string, string>
  annotations?: Record<string, string>
  deletionTimestamp?: string
  ownerReferences?: { kind: string; name: string }[]
}>
export type Condition = Readonly<{ type: string; status: string; reason?: string; message?: string }>
export type ContainerStatus = Readonly<{
  name: string
  containerID?: string
  restartCount: number
  state: ContainerState
  lastState?: ContainerState
}>
export type ContainerState = Readonly<{
  waiting?: { reason?: string }
  running?: { startedAt: string }
  terminated?: { exitCode: number; signal?: number; reason?: string; startedAt: string; finishedAt: string }
}>

/** True when the Job has a condition, such as Complete or Failed, with status True. */
export function hasCondition(object: { status?: { conditions?: Condition[] } }, type: string): boolean {
  return object.status?.conditions?.some(condition => condition.type === type && condition.status === 'True') ?? false
}

/** Exit codes of a pod's containers that have ended, by name. */
export function exitCodes(pod: Pod): Record<string, number> {
  const ended = statuses(pod).flatMap(({ name, state }) => (state.terminated ? [[name, state.terminated.exitCode] as const] : []))
  return Object.fromEntries(ended)
}

/** Names of a pod's containers that run now. */
export function running(pod: Pod): string[] {
  return statuses(pod)
    .filter(({ state }) => state.running)
    .map(({ name }) => name)
}

/** True when a container of the pod has ended. */
export function hasEnded(pod: Pod, name: string): boolean {
  return statuses(pod).some(status => status.name === name && status.state.terminated !== undefined)
}

/** True when a container of the pod waits for something other than its turn. */
export function isWaiting(pod: Pod, name: string): boolean {
  return statuses(pod).some(
    ({ name: own, state }) => own === name && /^(?!ContainerCreating|PodInitializing)./.test(state.waiting?.reason ?? ''),
  )
}

/** How often each of a pod's containers was restarted, by name. */
export function restarts(pod: Pod): Record<string, number> {
  return Object.fromEntries(statuses(pod).map(({ name, restartCount }) => [name, restartCount]))
}

/** The statuses of a pod's init containers and containers. */
export function statuses({ status }: Pod): ContainerStatus[] {
  return [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
}
