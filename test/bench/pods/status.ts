import { randomBytes } from 'node:crypto'
import { type PodOptions, seconds } from './pod-options.ts'

/** The status of a bench's pod as a kubelet would write it. */
export function podStatus({ index, kind, start }: Pick<PodOptions, 'index' | 'kind' | 'start'>, main: string, sidecar: string) {
  const since = { startedAt: seconds(start) }
  const ip = `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`
  const mainID = containerID()
  const ended = {
    terminated: {
      exitCode: 0,
      reason: 'Completed',
      ...since,
      finishedAt: seconds(new Date(start.getTime() + 60_000)),
      containerID: mainID,
    },
  }
  const mainState = kind.isFinished ? ended : { running: since }
  return {
    phase: 'Running',
    conditions: ['PodReadyToStartContainers', 'Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map(type => ({
      type,
      status: kind.isFinished && type.endsWith('Ready') ? 'False' : 'True',
      lastProbeTime: null,
      lastTransitionTime: seconds(start),
    })),
    hostIP: '172.31.0.7',
    hostIPs: [{ ip: '172.31.0.7' }],
    podIP: ip,
    podIPs: [{ ip }],
    startTime: seconds(start),
    containerStatuses: [
      containerStatus(main, 'registry.example/worker:2026.11.3', mainID, mainState),
      containerStatus(sidecar, `registry.example/${sidecar}:1.27.1`, containerID(), { running: since }),
    ],
    qosClass: 'BestEffort',
  }
}

function containerStatus(name: string, image: string, id: string, state: object) {
  const runs = 'running' in state
  return {
    name,
    state,
    lastState: {},
    ready: runs,
    restartCount: 0,
    image,
    imageID: `registry.example/images@sha256:${randomBytes(32).toString('hex')}`,
    containerID: id,
    started: runs,
  }
}

function containerID(): string {
  return `containerd://${randomBytes(32).toString('hex')}`
}
