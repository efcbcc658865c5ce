import type { Signal } from './behaviour.ts'
import { signals } from './behaviour.ts'
import type { Container } from './container.ts'
import type { Timers } from './timers.ts'

export type StopTools = {
  readonly timers: Timers
  readonly minGraceMs: number
  /** Delivers a signal and writes it down. */
  readonly tell: (container: Container, signal: Signal | 'preStop') => void
}

/** Ends a container as the kubelet does: preStop, the stop signal, the rest of the grace, KILL. */
export async function stop(container: Container, graceMs: number, tools: StopTools): Promise<void> {
  if (!container.isAlive) return
  const started = performance.now()
  await preStop(container, graceMs, tools)
  if (!container.isAlive) return
  tools.tell(container, stopSignal(container))
  const left = Math.max(tools.minGraceMs, graceMs - (performance.now() - started))
  await Promise.race([container.exited, tools.timers.sleep(left)])
  if (!container.isAlive) return
  tools.tell(container, 'KILL')
  await container.exited
}

async function preStop(container: Container, graceMs: number, tools: StopTools): Promise<void> {
  if (container.spec.lifecycle?.preStop === undefined) return
  tools.tell(container, 'preStop')
  const hookMs = Math.min(container.behaviour.preStopMs ?? 0, graceMs)
  await Promise.race([container.exited, tools.timers.sleep(hookMs)])
}

function stopSignal(container: Container): Signal {
  const wanted = container.spec.lifecycle?.stopSignal
  return signals.find(name => `SIG${name}` === wanted) ?? 'TERM'
}
