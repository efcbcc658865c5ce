import type { Outcome, Summary, VerdictRecord } from '../../../runtime/outcome.ts'
import type { ContainerVerdict } from '../../../runtime/verdict.ts'

/** A container of a verdict: a running sidecar, left over, with no way of its own, except as said. */
export function container(given: Partial<ContainerVerdict> = {}): ContainerVerdict {
  return {
    name: 'proxy',
    role: 'sidecar',
    why: 'a sidecar by sidecar-reaper/sidecars',
    containerID: 'containerd://b',
    state: 'running',
    left_over: true,
    ways: [],
    grace: 30,
    ...given,
  }
}

/** The verdict `end` on pod batch/backup-1, to be completed as Succeeded, except as said. */
export function verdict(given: Partial<VerdictRecord> = {}): VerdictRecord {
  return {
    kind: 'verdict',
    namespace: 'batch',
    pod: 'backup-1',
    uid: 'u1',
    decision: 'end',
    reason: 'left-over',
    message: 'the mains succeeded, proxy left over',
    report: false,
    earned: 'Succeeded',
    after: 'Succeeded',
    again: null,
    complete: 'first',
    containers: [container()],
    passed_over: [],
    warnings: [],
    ...given,
  }
}

/** Pod batch/backup-1 ended by `complete`, its proxy with 143, except as said. */
export function outcome(given: Partial<Outcome> = {}): Outcome {
  return {
    kind: 'outcome',
    namespace: 'batch',
    pod: 'backup-1',
    uid: 'u1',
    result: 'ended',
    way: 'complete',
    tried: [],
    phase: 'Succeeded',
    expected: 'Succeeded',
    containers: [{ name: 'proxy', containerID: 'containerd://b', exit: 143, way: 'complete' }],
    seconds: 1.26,
    ...given,
  }
}

/** A sweep that saw nothing, except as said. */
export function summary(given: Partial<Summary> = {}): Summary {
  const policy = { wasm: 'a'.repeat(64), catalogue: 'b'.repeat(64), settings: 'c'.repeat(64) }
  return {
    kind: 'summary',
    pods: 0,
    ended: 0,
    reported: 0,
    refused: 0,
    failed: 0,
    waiting: 0,
    left: 0,
    forbidden: 0,
    limits: [],
    stopped: null,
    policy,
    ...given,
  }
}
