import type { Signal } from './behaviour.ts'
import { Container } from './container.ts'
import type { ContainerHost } from './container.ts'
import type { Journal } from './journal.ts'
import { isTerminal } from './objects.ts'
import type { ContainerSpec, ContainerStatus, Phase, Pod, PodStatus } from './objects.ts'
import { isNative, podPhase } from './phase.ts'
import { podStatus } from './pod-status.ts'
import { Restarts } from './restarts.ts'
import { stopAll } from './stop.ts'
import type { Timers } from './timers.ts'
import type { Timings } from './timings.ts'

export type WorkerTools = {
  readonly timers: Timers
  readonly timings: Timings
  readonly journal: Journal
  readonly host: Omit<ContainerHost, 'changed'>
  /** Writes the pod's status to the API. */
  readonly report: (change: (status: PodStatus) => PodStatus) => void
  readonly gone: () => void
}

/** What the kubelet does for one pod: starts its containers, restarts them, ends them, and reports. */
export class PodWorker {
  readonly #pod: Pod
  readonly #tools: WorkerTools
  readonly #inits: readonly Container[]
  readonly #mains: readonly Container[]
  readonly #restarts: Restarts
  #kept: Phase | undefined
  #isEnding = false
  #isOver = false
  #isDeleted = false
  #isReporting = false

  constructor(pod: Pod, tools: WorkerTools) {
    this.#pod = pod
    this.#tools = tools
    const { name, namespace, uid } = pod.metadata
    this.#restarts = new Restarts(tools.timers, tools.timings, `${name}_${namespace}(${uid})`)
    const inits = pod.spec.initContainers ?? []
    const waiting = inits.length > 0 ? 'PodInitializing' : 'ContainerCreating'
    this.#inits = inits.map(spec => this.#container(spec, pod.status.initContainerStatuses, waiting))
    this.#mains = pod.spec.containers.map(spec => this.#container(spec, pod.status.containerStatuses, waiting))
    if (isTerminal(pod.status.phase)) this.#kept = pod.status.phase
  }

  /** Starts what is to be started. */
  start(): void {
    this.#sync()
    this.#report()
  }

  container(name: string): Container | undefined {
    return [...this.#mains, ...this.#inits].find(container => container.spec.name === name)
  }

  /** The running container that listens on that port: all of a pod have one network. */
  listener(port: number): Container | undefined {
    return [...this.#mains, ...this.#inits].find(
      ({ state, behaviour }) => state.running !== undefined && behaviour.listens?.[port] !== undefined,
    )
  }

  /** Delivers a signal, or writes down a hook, on someone's behalf. */
  tell(container: Container, signal: Signal | 'preStop', by: 'kubelet' | 'exec'): void {
    const { namespace = '', name } = this.#pod.metadata
    this.#tools.journal.record({
      namespace,
      pod: name,
      container: container.spec.name,
      containerID: container.id ?? '',
      signal,
      by,
      at: new Date(),
    })
    if (signal !== 'preStop') container.signal(signal)
  }

  /** The pause container is gone, and with it the PID namespace: all processes die at once. */
  killAll(): void {
    for (const container of [...this.#mains, ...this.#inits]) container.signal('KILL')
  }

  /** Takes over a terminal phase that came with an update: from now on nothing restarts, and the phase stays. */
  complete(phase: Phase): void {
    this.#kept ??= phase
    this.#beginEnd(this.#graceMs)
    this.#report()
  }

  /** Puts back the status as the kubelet sees it. */
  reconcile(): void {
    this.#tools.timers.after(this.#tools.timings.revertMs, () => this.#report())
  }

  /** The pod is being deleted: ends it, and then removes it. */
  delete(graceSeconds: number): void {
    this.#isDeleted = true
    if (this.#isOver) return this.#tools.gone()
    this.#beginEnd(graceSeconds * 1000)
  }

  /** The pod is gone from the API: nothing of it may run on. */
  abandon(): void {
    this.#isEnding = true
    this.#restarts.cancel()
    this.killAll()
  }

  get #graceMs(): number {
    return (this.#pod.spec.terminationGracePeriodSeconds ?? 30) * 1000
  }

  #container(spec: ContainerSpec, statuses: readonly ContainerStatus[] | undefined, waiting: string): Container {
    const host = { ...this.#tools.host, changed: () => this.#changed() }
    const status = statuses?.find(candidate => candidate.name === spec.name)
    return status === undefined ? new Container(spec, waiting, host) : Container.adopt(spec, status, host)
  }

  #changed(): void {
    this.#sync()
    this.#report()
  }

  #sync(): void {
    if (this.#isEnding || this.#kept !== undefined) return
    if (!this.#areInitsReady()) return
    for (const container of this.#mains) this.#keepUp(container, container.spec.restartPolicy ?? this.#pod.spec.restartPolicy ?? 'Always')
    if (this.#mains.every(container => this.#isFinished(container))) this.#beginEnd(this.#graceMs)
  }

  // Init containers run one after the other; a native sidecar only has to run before the next may start.
  #areInitsReady(): boolean {
    for (const container of this.#inits) {
      const policy = isNative(container.spec) ? 'Always' : this.#pod.spec.restartPolicy === 'Never' ? 'Never' : 'OnFailure'
      const isDone = isNative(container.spec) ? this.#hasRunning(container) : container.state.terminated?.exitCode === 0
      if (!isDone || isNative(container.spec)) this.#keepUp(container, policy)
      if (!isDone && this.#isFinished(container)) this.#beginEnd(this.#graceMs)
      if (!isDone) return false
    }
    return true
  }

  // Once the mains have begun, a native sidecar that restarts does not hold anything up.
  #hasRunning(container: Container): boolean {
    return container.state.running !== undefined || this.#mains.some(main => main.wasTried)
  }

  #keepUp(container: Container, policy: string): void {
    if (!container.wasTried) return container.start()
    if (restartsUnder(policy, container)) this.#restarts.plan(container)
  }

  #isFinished(container: Container): boolean {
    return container.state.terminated !== undefined && !this.#restarts.has(container)
  }

  #beginEnd(graceMs: number): void {
    if (this.#isEnding) return
    this.#isEnding = true
    this.#restarts.cancel()
    void this.#end(graceMs)
  }

  async #end(graceMs: number): Promise<void> {
    const { timers, timings } = this.#tools
    const tell = (container: Container, signal: Signal | 'preStop'): void => this.tell(container, signal, 'kubelet')
    await stopAll(this.#mains, this.#inits, graceMs, { timers, minGraceMs: timings.minGraceMs, tell })
    this.#over()
  }

  #over(): void {
    this.#isOver = true
    if (this.#inits.length === 0 || this.#mains.some(main => main.wasTried)) for (const container of this.#mains) container.giveUp()
    this.#reportNow()
    if (this.#isDeleted) this.#tools.gone()
  }

  #report(): void {
    const { timers, timings } = this.#tools
    if (timings.reportMs === 0) return this.#reportNow()
    if (this.#isReporting) return
    this.#isReporting = true
    timers.after(timings.reportMs, () => this.#reportNow())
  }

  #reportNow(): void {
    this.#isReporting = false
    const mains = this.#mains.map(container => container.status())
    const inits = this.#inits.map(container => container.status())
    const phase = this.#kept ?? podPhase(this.#pod.spec, mains, inits, this.#isOver)
    this.#tools.report(before => podStatus(before, { phase, mains, inits }, this.#tools.host.now()))
  }
}

function restartsUnder(policy: string, container: Container): boolean {
  const { terminated } = container.state
  if (terminated === undefined) return false
  return policy === 'Always' || (policy === 'OnFailure' && terminated.exitCode !== 0)
}
