import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { signals } from './behaviour.ts'
import type { Behaviour, Signal } from './behaviour.ts'
import { reactions } from './process.ts'
import type { Process, ProcessEvents, StartProcess } from './process.ts'
import type { Timers } from './timers.ts'

const script = fileURLToPath(new URL('./container-process.mjs', import.meta.url))

/** The child processes of a sandbox, all ended by `close`. */
export class ChildProcesses {
  readonly #children = new Set<ChildProcess>()
  readonly #timers: Timers

  constructor(timers: Timers) {
    this.#timers = timers
  }

  readonly start: StartProcess = (behaviour, events) => {
    const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'ignore'], env: {} })
    this.#children.add(child)
    child.once('close', (code, signal) => {
      this.#children.delete(child)
      events.exited(code ?? killedCode(signal))
    })
    return listen(child, behaviour, events, this.#timers)
  }

  async close(): Promise<void> {
    await Promise.all(
      [...this.#children].map(child => {
        const closed = once(child, 'close')
        child.kill('SIGKILL')
        return closed
      }),
    )
  }
}

function listen(child: ChildProcess, behaviour: Behaviour, events: ProcessEvents, timers: Timers): Process {
  const early: (() => void)[] = []
  let process: Process | undefined
  // A child that has just died can't be written to; its exit is what counts.
  child.stdin?.on('error', () => undefined)
  const exit = (code: number): void => void child.stdin?.write(String(code))
  const started = (): void => {
    process = reactions(behaviour, exit, (ms, action) => timers.after(ms, action))
    events.started()
    for (const tell of early) tell()
  }
  if (child.stdout !== null) {
    createInterface(child.stdout).on('line', line => (line === 'started' ? started() : process?.signal(heard(line))))
  }
  // Before its handlers are in place a signal would end it, which no PID 1 does.
  const onceStarted = (tell: () => void): void => void (process === undefined ? early.push(tell) : tell())
  return {
    signal: name => (name === 'KILL' ? void child.kill('SIGKILL') : onceStarted(() => child.kill(`SIG${name}`))),
    end: how => onceStarted(() => process?.end(how)),
  }
}

function heard(line: string): Signal {
  const signal = signals.find(name => name === line)
  if (signal === undefined) throw new SyntaxError(`Unexpected line from a container process: ${line}`)
  return signal
}

function killedCode(signal: NodeJS.Signals | null): number {
  return signal === 'SIGKILL' ? 137 : 143
}
