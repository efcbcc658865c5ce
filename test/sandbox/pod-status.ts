import type { Condition, ContainerStatus, Phase, PodStatus } from './objects.ts'
import { isTerminal } from './objects.ts'

export type PodView = {
  readonly phase: Phase
  readonly mains: readonly ContainerStatus[]
  readonly inits: readonly ContainerStatus[]
}

/** A pod's status as its kubelet writes it; fields and conditions of others are kept. */
export function podStatus(before: PodStatus, view: PodView, now: string): PodStatus {
  return {
    ...before,
    phase: view.phase,
    startTime: before.startTime ?? now,
    conditions: mergeConditions(before.conditions ?? [], conditions(view), now),
    containerStatuses: view.mains.map(status => inPhase(status, view.phase)),
    ...(view.inits.length > 0 && { initContainerStatuses: view.inits }),
  }
}

// No container of a finished pod is ready, though it may still run (status manager, updateStatusInternal).
function inPhase(status: ContainerStatus, phase: Phase): ContainerStatus {
  return isTerminal(phase) ? { ...status, ready: false } : status
}

function conditions(view: PodView): readonly Condition[] {
  const isReady = view.phase === 'Running' && view.mains.every(status => status.ready)
  const reason = view.phase === 'Succeeded' ? 'PodCompleted' : view.phase === 'Failed' ? 'PodFailed' : 'ContainersNotReady'
  const readiness = isReady ? { status: 'True' } : { status: 'False', reason }
  return [
    { type: 'PodScheduled', status: 'True' },
    {
      type: 'Initialized',
      status: view.inits.every(status => status.started === true || status.state.terminated?.exitCode === 0) ? 'True' : 'False',
    },
    { type: 'ContainersReady', ...readiness },
    { type: 'Ready', ...readiness },
  ]
}

/** Conditions with some replaced by type; the time of a condition is that of its last change. */
export function mergeConditions(before: readonly Condition[], changed: readonly Condition[], now: string): readonly Condition[] {
  const types = new Set(changed.map(condition => condition.type))
  const others = before.filter(condition => !types.has(condition.type))
  return [...others, ...changed.map(condition => stamped(condition, before, now))]
}

function stamped(condition: Condition, before: readonly Condition[], now: string): Condition {
  const old = before.find(candidate => candidate.type === condition.type && candidate.status === condition.status)
  return { ...condition, lastTransitionTime: old?.lastTransitionTime ?? now }
}
