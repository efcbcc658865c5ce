import type { WayName } from '../outcome.ts'
import { planSteps } from '../plan.ts'
import { printable } from '../printable.ts'
import type { Verdict, Way } from '../verdict.ts'

/** What a verdict would have done first, each an imperative; the steps after it are for when that fails. */
export function steps(verdict: Verdict): readonly string[] {
  const [first] = planSteps(verdict)
  if (first === undefined) return []
  if (first.kind === 'complete') return [completeStep(verdict)]
  return first.containers.flatMap(({ name, ways: [best] }) => (best ? [wayStep(best, name)] : []))
}

/** The way that a verdict would have taken first, or null. */
export function firstWay(verdict: Verdict): WayName | null {
  const [first] = planSteps(verdict)
  if (first === undefined) return null
  return first.kind === 'complete' ? 'complete' : (first.containers[0]?.ways[0]?.way ?? null)
}

/** One way on one container. @example wayStep({way: 'signal', signal: 'TERM', process: 'pid1', exit: 0}, 'proxy') // 'send TERM to proxy' */
export function wayStep(way: Way, container: string): string {
  const name = printable(container)
  switch (way.way) {
    case 'exec':
      return `run ${printable(way.argv.join(' '))} in ${name}`
    case 'http':
      return `${printable(way.method, 20)} localhost:${way.port}${printable(way.path)} in ${name}`
    case 'signal':
      return `send ${printable(way.signal, 20)} to ${name}`
  }
}

export function completeStep({ earned }: Verdict): string {
  return `complete the pod as ${earned ?? 'its mains deserve'}`
}
