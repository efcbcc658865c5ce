import type { Outcome } from '../../runtime/outcome.ts'
import type { Subject } from '../../runtime/plan.ts'
import type { ContainerVerdict, Verdict } from '../../runtime/verdict.ts'

/** A running left-over proxy that can be signalled, except as said. */
export function containerOf(given: Partial<ContainerVerdict> = {}): ContainerVerdict {
  return {
    name: 'proxy',
    role: 'sidecar',
    why: 'listed',
    containerID: 'containerd://b',
    state: 'running',
    left_over: true,
    ways: [{ way: 'signal', signal: 'TERM', process: 'pid1', exit: 0 }],
    grace: 30,
    ...given,
  }
}

/** A verdict to end that proxy, except as said. */
export function verdictOf(given: Partial<Verdict> = {}): Verdict {
  return {
    decision: 'end',
    reason: 'left-over',
    message: 'the mains succeeded',
    report: false,
    earned: 'Succeeded',
    after: 'Succeeded',
    again: null,
    complete: 'last',
    containers: [containerOf()],
    passed_over: [],
    warnings: [],
    ...given,
  }
}

/** A pod with that verdict. */
export function subjectOf(given: Partial<Subject> = {}, verdict: Partial<Verdict> = {}): Subject {
  return {
    ref: { namespace: 'shop', name: 'report-1' },
    uid: 'u1',
    resourceVersion: '7',
    node: 'node-1',
    job: null,
    graceSeconds: 30,
    wasTried: false,
    verdict: verdictOf(verdict),
    ...given,
  }
}

/** A pod that was completed, except as said. */
export function outcomeOf(given: Partial<Outcome> = {}): Outcome {
  return {
    kind: 'outcome',
    namespace: 'shop',
    pod: 'report-1',
    uid: 'u1',
    result: 'ended',
    way: 'complete',
    tried: [],
    phase: 'Succeeded',
    expected: 'Succeeded',
    containers: [{ name: 'proxy', containerID: 'containerd://b', exit: 143, way: 'complete' }],
    seconds: 1,
    ...given,
  }
}
