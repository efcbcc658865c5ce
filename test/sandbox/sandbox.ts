import { randomUUID } from 'node:crypto'
import type { Denial } from './access.ts'
import type { Behaviours } from './behaviour.ts'
import { Cluster } from './cluster.ts'
import type { Processes, RunOptions } from './cluster.ts'
import { Faults } from './fault.ts'
import type { Fault } from './fault.ts'
import { compact } from './fault-effects.ts'
import type { SignalRecord } from './journal.ts'
import { kubeconfig } from './kubeconfig.ts'
import { Lists } from './list.ts'
import type { Job, JobManifest, KubeObject, Manifest, Pod, PodManifest } from './objects.ts'
import { isChange } from './request.ts'
import type { ApiRequest } from './request.ts'
import { ApiServer } from './server.ts'
import { defaultTimings } from './timings.ts'
import type { Timings } from './timings.ts'
import { Waits } from './wait.ts'
import type { WaitOptions } from './wait.ts'

export type SandboxOptions = {
  readonly faults?: readonly Fault[]
  readonly denied?: readonly Denial[]
  /** The bearer token that is let in, default a random one. */
  readonly token?: string
  /** Whom a 403 names. */
  readonly user?: string
  /** The version that the server calls itself; from 1.35 exec needs the verb create. */
  readonly version?: string
  /** How far the server's clock is off, in all its times and its Date header. */
  readonly clockOffsetMs?: number
  readonly timings?: Partial<Timings>
  /** Containers are children by default; addPods() keeps them in memory. */
  readonly processes?: Processes
  /** By container name, for pods and Jobs that come over the API. */
  readonly behaviours?: Behaviours
  /** How many changes a watch may start in the past. */
  readonly history?: number
  readonly onRequest?: (request: ApiRequest) => void
}

export type BulkPod = RunOptions & { readonly manifest: PodManifest }

export type Sandbox = {
  readonly url: string
  readonly token: string
  /** YAML text. */
  readonly kubeconfig: string
  readonly addPod: (manifest: PodManifest, run?: RunOptions) => Pod
  /** Adds many pods, their containers in memory unless said otherwise. */
  readonly addPods: (count: number, build: (index: number) => BulkPod) => void
  readonly addJob: (manifest: JobManifest, run?: RunOptions) => Job
  readonly addNamespace: (name: string, labels?: Readonly<Record<string, string>>) => void
  /** Adds a node, or changes whether it is Ready. */
  readonly addNode: (name: string, isReady?: boolean, kubeletVersion?: string) => void
  /** Adds a CronJob, which nothing runs: its Jobs have to be added too. */
  readonly addCronJob: (manifest: Manifest<KubeObject>) => void
  /** Adds a configuration of mutating webhooks, which nobody calls. */
  readonly addWebhooks: (name: string, webhooks: readonly object[]) => void
  /** Declares one more fault until the function it gives back is called. */
  readonly addFault: (fault: Fault) => () => void
  /** Forgets all versions but the newest. */
  readonly compact: () => void
  readonly pods: (namespace?: string) => readonly Pod[]
  readonly pod: (namespace: string, name: string) => Pod | undefined
  /** The pods of a Job, in the order of their creation. */
  readonly podsOf: (namespace: string, job: string) => readonly Pod[]
  readonly job: (namespace: string, name: string) => Job | undefined
  readonly events: () => readonly KubeObject[]
  /** Which container of a pod got which signal, in order, also when the pod is gone. */
  readonly signals: (namespace: string, pod: string) => readonly SignalRecord[]
  readonly requests: readonly ApiRequest[]
  /** The requests that could change something. */
  readonly changes: () => readonly ApiRequest[]
  readonly waitFor: <T>(predicate: () => T | false | undefined, options?: WaitOptions) => Promise<T>
  /** Ends all children, connections and timers. */
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

/** Starts a Kubernetes API on 127.0.0.1 whose containers are child processes. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { clockOffsetMs = 0, timings = {}, processes = 'child', behaviours = {}, history = 10_000, token = randomUUID() } = options
  const now = (): Date => new Date(Date.now() + clockOffsetMs)
  const cluster = new Cluster({ now, timings: { ...defaultTimings, ...timings }, processes, behaviours, history })
  const waits = new Waits(cluster.timers)
  const faults = new Faults(options.faults ?? [])
  const lists = new Lists(() => cluster.store.version)
  const requests: ApiRequest[] = []
  const seen = (request: ApiRequest): void => {
    requests.push(request)
    options.onRequest?.(request)
    waits.changed()
  }
  cluster.store.onChange(() => waits.changed())
  const { denied = [], user = 'system:serviceaccount:sidecar-reaper:sidecar-reaper', version: gitVersion = 'v1.34.4' } = options
  const server = new ApiServer({ cluster, lists, faults, denied, user, gitVersion, token, seen })
  const url = await server.listen()
  const close = async (): Promise<void> => {
    await Promise.all([server.close(), cluster.close()])
  }
  return {
    url,
    token,
    kubeconfig: kubeconfig({ url, token, namespace: 'default' }),
    ...objects(cluster),
    addFault: fault => faults.add(fault),
    compact: () => compact(cluster, lists),
    requests,
    changes: () => requests.filter(isChange),
    waitFor: (predicate, wait) => waits.until(predicate, wait),
    close,
    [Symbol.asyncDispose]: close,
  }
}

type ObjectPart = Pick<
  Sandbox,
  | 'addPod'
  | 'addPods'
  | 'addJob'
  | 'addNamespace'
  | 'addNode'
  | 'addCronJob'
  | 'addWebhooks'
  | 'pods'
  | 'pod'
  | 'podsOf'
  | 'job'
  | 'events'
  | 'signals'
>

function objects(cluster: Cluster): ObjectPart {
  const { store } = cluster
  const pods = (namespace?: string): readonly Pod[] =>
    store.pods
      .entries()
      .map(entry => entry.object)
      .filter(pod => namespace === undefined || pod.metadata.namespace === namespace)
  return {
    addPod: (manifest, run) => cluster.addPod(manifest, cluster.run(run)).object,
    addPods(count, build) {
      for (let index = 0; index < count; index++) {
        const { manifest, ...run } = build(index)
        cluster.addPod(manifest, cluster.run({ processes: 'memory', ...run }))
      }
    },
    addJob: (manifest, run) => cluster.addJob(manifest, cluster.run(run)).object,
    addNamespace: (name, labels) => cluster.addNamespace(name, labels),
    addNode: (name, isReady, kubeletVersion) => cluster.addNode(name, isReady, kubeletVersion),
    addCronJob: manifest => cluster.addCronJob(manifest),
    addWebhooks: (name, webhooks) => cluster.addWebhooks(name, webhooks),
    pods,
    pod: (namespace, name) => store.pods.entry(`${namespace}/${name}`)?.object,
    podsOf: (namespace, job) =>
      store.pods
        .inOrder()
        .filter(pod => pod.metadata.namespace === namespace && pod.metadata.labels?.['batch.kubernetes.io/job-name'] === job),
    job: (namespace, name) => store.jobs.entry(`${namespace}/${name}`)?.object,
    events: () => store.events.entries().map(entry => entry.object),
    signals: (namespace, pod) => cluster.journal.signals(namespace, pod),
  }
}
