import type { ContainerSpec, JobManifest, PodManifest, PodSpec } from './objects.ts'
import { defaultNode } from './cluster.ts'

export type JobOptions = {
  readonly name?: string
  readonly namespace?: string
  readonly restartPolicy?: 'Never' | 'OnFailure'
  readonly backoffLimit?: number
  readonly graceSeconds?: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly containers?: readonly ContainerSpec[]
  readonly initContainers?: readonly ContainerSpec[]
  readonly pod?: Partial<PodSpec>
}

/** A Job with the containers `main` and `proxy`, but for what the options say. */
export function jobManifest(options: JobOptions = {}): JobManifest {
  const {
    name = 'report',
    namespace = 'default',
    restartPolicy = 'Never',
    backoffLimit = 6,
    graceSeconds = 1,
    annotations,
    initContainers,
  } = options
  const { containers = [container('main'), container('proxy')], pod = {} } = options
  const spec = {
    restartPolicy,
    terminationGracePeriodSeconds: graceSeconds,
    containers,
    ...(initContainers !== undefined && { initContainers }),
    ...pod,
  }
  const template = { metadata: { labels: { app: name }, ...(annotations !== undefined && { annotations }) }, spec }
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace, labels: { app: name } },
    spec: { backoffLimit, template },
  }
}

export function container(name: string, more: Partial<ContainerSpec> = {}): ContainerSpec {
  return { name, image: `registry.example/${name}:1.4.2`, ...more }
}

const longAgo = '2026-01-01T00:00:00Z'

/** A Job's pod whose main has finished while its proxy runs on: what a sweep looks for. */
export function stuckPod(
  name: string,
  { namespace = 'default', annotations = {} as Readonly<Record<string, string>>, graceSeconds = 1 } = {},
): PodManifest {
  const ids = { main: `containerd://${'a'.repeat(64)}`, proxy: `containerd://${'b'.repeat(64)}` }
  const status = { restartCount: 0, image: '', imageID: '', lastState: {} }
  const terminated = {
    exitCode: 0,
    reason: 'Completed',
    startedAt: longAgo,
    finishedAt: longAgo,
    containerID: ids.main,
  }
  return {
    metadata: {
      name,
      namespace,
      creationTimestamp: longAgo,
      labels: { 'batch.kubernetes.io/job-name': name, 'job-name': name },
      annotations,
    },
    spec: {
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: graceSeconds,
      nodeName: defaultNode,
      containers: [container('main'), container('proxy')],
    },
    status: {
      phase: 'Running',
      startTime: longAgo,
      containerStatuses: [
        { ...status, name: 'main', ready: false, started: false, containerID: ids.main, state: { terminated } },
        {
          ...status,
          name: 'proxy',
          ready: true,
          started: true,
          containerID: ids.proxy,
          state: { running: { startedAt: longAgo } },
        },
      ],
    },
  }
}
