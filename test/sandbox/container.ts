import { randomBytes } from 'node:crypto'
import type { Behaviour, End, Signal } from './behaviour.ts'
import type { ContainerSpec, ContainerState, ContainerStatus, Terminated } from './objects.ts'
import type { Process, StartProcess } from './process.ts'

export type ContainerHost = {
  readonly startProcess: StartProcess
  readonly behaviour: (container: string) => Behaviour
  /** The time as the API writes it. */
  readonly now: () => string
  /** Called after every change of state. */
  readonly changed: () => void
}

/** One container of a pod over all its restarts. */
export class Container {
  readonly spec: ContainerSpec
  behaviour: Behaviour = {}
  state: ContainerState
  #lastState: ContainerState = {}
  #restartCount = 0
  #wasTried = false
  #containerID: string | undefined
  #process: Process | undefined
  #exited = Promise.withResolvers<void>()
  readonly #host: ContainerHost

  constructor(spec: ContainerSpec, waitingReason: string, host: ContainerHost) {
    this.spec = spec
    this.state = { waiting: { reason: waitingReason } }
    this.#host = host
  }

  /** A container that a pod's given status shows, its process started anew when it runs. */
  static adopt(spec: ContainerSpec, status: ContainerStatus, host: ContainerHost): Container {
    const container = new Container(spec, '', host)
    container.state = status.state
    container.#lastState = status.lastState
    container.#wasTried = true
    container.#restartCount = status.restartCount
    container.#containerID = status.containerID
    container.behaviour = host.behaviour(spec.name)
    if (status.state.running !== undefined) container.#launch()
    return container
  }

  /** Whether a start was ever tried. */
  get wasTried(): boolean {
    return this.#wasTried
  }

  /** Whether a process is there, though it may not have reported yet. */
  get isAlive(): boolean {
    return this.#process !== undefined
  }

  get id(): string | undefined {
    return this.#containerID
  }

  get restartCount(): number {
    return this.#restartCount
  }

  /** How it ended last, also while it waits to restart. */
  get last(): Terminated | undefined {
    return this.state.terminated ?? (this.state.running === undefined ? this.#lastState.terminated : undefined)
  }

  /** Resolves when the process that is there now has ended. */
  get exited(): Promise<void> {
    return this.isAlive ? this.#exited.promise : Promise.resolve()
  }

  start(): void {
    this.#wasTried = true
    const last = this.last
    if (last !== undefined) {
      this.#lastState = { terminated: last }
      this.#restartCount += 1
    }
    this.behaviour = this.#host.behaviour(this.spec.name)
    if (this.behaviour.pull === 'fails') return this.wait('ImagePullBackOff', `Back-off pulling image "${this.spec.image}"`)
    this.#containerID = `containerd://${randomBytes(32).toString('hex')}`
    this.#launch()
  }

  /** Ends the process unheard and starts the next one: a restart between two looks. */
  restart(): void {
    this.#process?.signal('KILL')
    this.#terminated(137, this.state.running?.startedAt)
    this.start()
  }

  signal(name: Signal): void {
    this.#process?.signal(name)
  }

  end(how: End): void {
    this.#process?.end(how)
  }

  wait(reason: string, message: string): void {
    const last = this.last
    if (last !== undefined) this.#lastState = { terminated: last }
    this.state = { waiting: { reason, message } }
    this.#host.changed()
  }

  /** Gives up waiting: the pod is over. What never ran is lost, as the kubelet's TerminatePod has it. */
  giveUp(): void {
    if (this.state.waiting === undefined) return
    const last = this.#lastState.terminated
    this.#lastState = {}
    this.state = {
      terminated: last ?? {
        exitCode: 137,
        reason: 'ContainerStatusUnknown',
        message: 'The container could not be located when the pod was terminated',
      },
    }
  }

  status(): ContainerStatus {
    const isRunning = this.state.running !== undefined
    return {
      name: this.spec.name,
      state: this.state,
      lastState: this.#lastState,
      ready: isRunning,
      started: isRunning,
      restartCount: this.#restartCount,
      image: this.spec.image ?? '',
      imageID: '',
      ...(this.#containerID !== undefined && { containerID: this.#containerID }),
    }
  }

  #launch(): void {
    const process = this.#host.startProcess(this.behaviour, {
      started: () => {
        if (this.#process === process && this.state.running === undefined) this.#running()
      },
      exited: code => {
        if (this.#process === process) this.#over(code)
      },
    })
    this.#process = process
    this.#exited = Promise.withResolvers()
  }

  #running(): void {
    this.state = { running: { startedAt: this.#host.now() } }
    this.#host.changed()
  }

  #over(code: number): void {
    this.#terminated(code, this.state.running?.startedAt)
    this.#host.changed()
  }

  #terminated(exitCode: number, startedAt = this.#host.now()): void {
    this.#process = undefined
    this.state = {
      terminated: {
        exitCode,
        reason: exitCode === 0 ? 'Completed' : 'Error',
        startedAt,
        finishedAt: this.#host.now(),
        ...(this.#containerID !== undefined && { containerID: this.#containerID }),
      },
    }
    this.#exited.resolve()
  }
}
