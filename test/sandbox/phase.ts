import type { ContainerSpec, ContainerStatus, Phase, PodSpec } from './objects.ts'

/** Whether an init container is a native sidecar (KEP-753). */
export function isNative(container: ContainerSpec): boolean {
  return container.restartPolicy === 'Always'
}

/** The phase that the containers' states amount to (pkg/kubelet/kubelet_pods.go getPhase, v1.34). */
export function podPhase(spec: PodSpec, mains: readonly ContainerStatus[], inits: readonly ContainerStatus[], isOver: boolean): Phase {
  const natives = new Set((spec.initContainers ?? []).filter(isNative).map(container => container.name))
  const regular = inits.filter(status => !natives.has(status.name))
  const sidecars = inits.filter(status => natives.has(status.name))
  if (spec.restartPolicy === 'Never' && regular.some(hasFailed)) return 'Failed'
  // A pod that has run mains is not put back to Pending by a native sidecar that restarts.
  const hasInitialised = mains.some(status => status.state.waiting === undefined || status.lastState.terminated !== undefined)
  const isInitialising =
    regular.some(status => !hasSucceeded(status)) || (!hasInitialised && sidecars.some(status => !isRunning(status) && !hasStopped(status)))
  if (isInitialising && !isOver) return 'Pending'
  return mainsPhase(spec, mains, sidecars, isOver)
}

function mainsPhase(spec: PodSpec, mains: readonly ContainerStatus[], sidecars: readonly ContainerStatus[], isOver: boolean): Phase {
  if (mains.some(status => !isRunning(status) && !hasStopped(status))) return 'Pending'
  if ([...mains, ...sidecars].some(isRunning)) return 'Running'
  const isRestarted = spec.restartPolicy !== 'Never' && spec.restartPolicy !== 'OnFailure'
  if (isRestarted && !isOver) return 'Running'
  if (mains.every(status => status.state.terminated?.exitCode === 0)) return 'Succeeded'
  return spec.restartPolicy === 'Never' || isOver ? 'Failed' : 'Running'
}

function isRunning(status: ContainerStatus): boolean {
  return status.state.running !== undefined
}

function hasStopped(status: ContainerStatus): boolean {
  return status.state.terminated !== undefined || (status.state.waiting !== undefined && status.lastState.terminated !== undefined)
}

function hasSucceeded(status: ContainerStatus): boolean {
  return status.state.terminated?.exitCode === 0
}

function hasFailed(status: ContainerStatus): boolean {
  return (status.state.terminated ?? status.lastState.terminated)?.exitCode !== undefined && !hasSucceeded(status) && !isRunning(status)
}
