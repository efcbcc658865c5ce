import { signals } from './behaviour.ts'
import type { Signal } from './behaviour.ts'
import type { Container } from './container.ts'
import { isNative } from './phase.ts'
import type { Timers } from './timers.ts'

export type StopTools = {
  readonly timers: Timers
  readonly minGraceMs: number
  /** Delivers a signal and writes it down. */
  readonly tell: (container: Container, signal: Signal | 'preStop') => void
}

/** Ends a pod's containers as the kubelet does: mains together, then the native sidecars in reverse order, all within one grace. */
export async function stopAll(mains: readonly Container[], inits: readonly Container[], graceMs: number, tools: StopTools): Promise<void> {
  const deadline = performance.now() + graceMs
  const first = [...mains, ...inits.filter(init => !isNative(init.spec))]
  await Promise.all(first.map(container => stop(container, graceMs, tools)))
  for (const container of inits.filter(init => isNative(init.spec)).reverse()) {
    await stop(container, Math.max(0, deadline - performance.now()), tools)
  }
}

// preStop, the stop signal, the rest of the grace, KILL.
async function stop(container: Container, graceMs: number, tools: StopTools): Promise<void> {
  if (!container.isAlive) return
  const started = performance.now()
  await preStop(container, graceMs, tools)
  if (!container.isAlive) return
  tools.tell(container, stopSignal(container))
  const left = Math.max(tools.minGraceMs, graceMs - (performance.now() - started))
  await exitOr(container, left, tools)
  if (!container.isAlive) return
  tools.tell(container, 'KILL')
  await container.exited
}

async function preStop(container: Container, graceMs: number, tools: StopTools): Promise<void> {
  if (container.spec.lifecycle?.preStop === undefined) return
  tools.tell(container, 'preStop')
  await exitOr(container, Math.min(container.behaviour.preStopMs ?? 0, graceMs), tools)
}

async function exitOr(container: Container, ms: number, { timers }: StopTools): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const cancel = timers.after(ms, resolve)
  await Promise.race([container.exited, promise])
  cancel()
}

function stopSignal(container: Container): Signal {
  const wanted = container.spec.lifecycle?.stopSignal
  return signals.find(name => `SIG${name}` === wanted) ?? 'TERM'
}
