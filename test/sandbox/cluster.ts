import { behaviourSource } from './behaviour.ts'
import type { Behaviours } from './behaviour.ts'
import { ChildProcesses } from './child-process.ts'
import type { Entry } from './entry.ts'
import { JobController } from './job-controller.ts'
import { Journal } from './journal.ts'
import { Kubelet } from './kubelet.ts'
import type { Run } from './kubelet.ts'
import { memoryProcesses } from './memory-process.ts'
import { apiTime, keyOf } from './objects.ts'
import type { Job, JobManifest, KubeObject, Manifest, Pod, PodManifest } from './objects.ts'
import { Store } from './store.ts'
import { Timers } from './timers.ts'
import type { Timings } from './timings.ts'

export type Processes = 'child' | 'memory'
export type RunOptions = { readonly behaviours?: Behaviours; readonly processes?: Processes }
export type ClusterOptions = {
  readonly now: () => Date
  readonly timings: Timings
  readonly processes: Processes
  readonly behaviours: Behaviours
  readonly history: number
}

export const defaultNode = 'sandbox-node'

/** Everything behind the API: the store, the kubelets, the Job controller and the processes. */
export class Cluster {
  readonly store: Store
  readonly timers = new Timers()
  readonly journal = new Journal()
  readonly kubelet: Kubelet
  readonly options: ClusterOptions
  readonly #children = new ChildProcesses(this.timers)
  readonly #inMemory = memoryProcesses(this.timers)
  readonly #runs = new Map<string, Run>()

  constructor(options: ClusterOptions) {
    this.options = options
    this.store = new Store(options.now, options.history)
    this.kubelet = new Kubelet({
      store: this.store,
      timers: this.timers,
      timings: options.timings,
      journal: this.journal,
      now: options.now,
    })
    const createPod = (pod: PodManifest, job: Job): void => void this.addPod(pod, this.#runs.get(job.metadata.uid))
    const { store, timers } = this
    new JobController({
      store,
      timers,
      jobMs: options.timings.jobMs,
      now: options.now,
      createPod,
      deletePod: pod => this.deletePod(pod),
    })
    for (const name of ['default', 'kube-system']) this.addNamespace(name)
    this.addNode(defaultNode)
  }

  run({ behaviours = this.options.behaviours, processes = this.options.processes }: RunOptions = {}): Run {
    const startProcess = processes === 'child' ? this.#children.start : this.#inMemory
    return { startProcess, behaviour: behaviourSource(behaviours) }
  }

  addPod(manifest: PodManifest, run = this.run()): Entry<Pod> {
    const { namespace = 'default' } = manifest.metadata
    this.addNamespace(namespace)
    const spec = {
      restartPolicy: 'Always',
      terminationGracePeriodSeconds: 30,
      nodeName: defaultNode,
      ...manifest.spec,
    } as const
    const metadata = this.store.metadata({ ...manifest.metadata, namespace })
    this.#runs.set(metadata.uid, run)
    const { object } = this.store.pods.add({ metadata, spec, status: manifest.status ?? { phase: 'Pending' } }, 'sandbox')
    this.kubelet.run(object, run)
    return this.store.pods.entry(keyOf(metadata)) ?? missing(object)
  }

  addJob(manifest: JobManifest, run = this.run()): Entry<Job> {
    const { namespace = 'default' } = manifest.metadata
    this.addNamespace(namespace)
    const metadata = this.store.metadata({ ...manifest.metadata, namespace })
    this.#runs.set(metadata.uid, run)
    const spec = { backoffLimit: 6, completions: 1, parallelism: 1, ...manifest.spec }
    return this.store.jobs.add({ metadata, spec, status: manifest.status ?? {} }, 'sandbox')
  }

  addNamespace(name: string, labels: Readonly<Record<string, string>> = {}): void {
    if (this.store.namespaces.entry(name) !== undefined) return
    const metadata = this.store.metadata({ name, labels: { 'kubernetes.io/metadata.name': name, ...labels } })
    this.store.namespaces.add({ metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } }, 'sandbox')
  }

  /** An object that nothing in the sandbox acts on. */
  addCronJob(manifest: Manifest<KubeObject>): void {
    const { namespace = 'default' } = manifest.metadata
    this.addNamespace(namespace)
    const { kind: _kind, apiVersion: _apiVersion, ...object } = manifest
    this.store.cronJobs.add({ ...object, metadata: this.store.metadata({ ...manifest.metadata, namespace }) }, 'sandbox')
  }

  addWebhooks(name: string, webhooks: readonly object[]): void {
    this.store.webhooks.add({ metadata: this.store.metadata({ name }), webhooks } as KubeObject, 'sandbox') // it has neither spec nor status
  }

  /** A node; the kubelet of one that is not Ready hears nothing and answers nothing. */
  addNode(name: string, isReady = true, kubeletVersion = 'v1.34.4'): void {
    const lastTransitionTime = apiTime(this.options.now())
    const ready = isReady ? { status: 'True', reason: 'KubeletReady' } : { status: 'Unknown', reason: 'NodeStatusUnknown' }
    const status = { conditions: [{ type: 'Ready', ...ready, lastTransitionTime }], nodeInfo: { kubeletVersion } }
    const known = this.store.nodes.update(name, node => ({ ...node, status }), 'sandbox')
    if (known === undefined) this.store.nodes.add({ metadata: this.store.metadata({ name }), spec: {}, status }, 'sandbox')
  }

  /** Deletes a pod as the API does: with its grace, or at once when that is 0 or nothing runs it. */
  deletePod(pod: Pod, graceSeconds = pod.spec.terminationGracePeriodSeconds ?? 30): Entry<Pod> | undefined {
    const key = keyOf(pod.metadata)
    if (graceSeconds === 0 || this.kubelet.worker(pod) === undefined) return this.store.pods.remove(key, 'sandbox')
    const deletionTimestamp = apiTime(new Date(this.options.now().getTime() + graceSeconds * 1000))
    const mark = (stored: Pod): Pod => ({
      ...stored,
      metadata: { ...stored.metadata, deletionTimestamp, deletionGracePeriodSeconds: graceSeconds },
    })
    return pod.metadata.deletionTimestamp === undefined ? this.store.pods.update(key, mark, 'client') : this.store.pods.entry(key)
  }

  /** The same pod under a new uid, run from the start. */
  recreatePod(key: string): void {
    const removed = this.store.pods.remove(key, 'sandbox')?.object
    if (removed === undefined) return
    const { uid, resourceVersion: _version, creationTimestamp: _created, ...metadata } = removed.metadata
    this.addPod({ metadata, spec: removed.spec }, this.#runs.get(uid))
  }

  async close(): Promise<void> {
    this.timers.close()
    await this.#children.close()
  }
}

function missing(pod: Pod): never {
  throw new Error(`Pod ${keyOf(pod.metadata)} was gone as soon as it was stored`)
}
