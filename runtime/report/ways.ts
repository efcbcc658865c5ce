import { printable } from '../printable.ts'
import type { ContainerVerdict, Verdict } from '../verdict.ts'
import { completeStep, wayStep } from './steps.ts'

/** The ways of an `end` verdict in their order, each with the reason for its place. */
export function wayLines(verdict: Verdict): readonly string[] {
  const left = verdict.containers.filter(({ left_over }) => left_over).toSorted((one, other) => (one.turn ?? 0) - (other.turn ?? 0))
  const told = left.flatMap(containerLines)
  if (verdict.complete === 'first') return [completeLine(verdict), ...told]
  return verdict.complete === 'last' ? [...told, completeLine(verdict)] : told
}

/** The ways that are not taken, each with the reason why. */
export function passedOverLines({ passed_over: passed }: Verdict): readonly string[] {
  return passed.map(({ container, way, why }) => `${way} of ${printable(container)}: ${printable(why, 400)}`)
}

function containerLines(container: ContainerVerdict): readonly string[] {
  const { name, ways, state, ends_itself: seconds, grace } = container
  if (seconds !== undefined) return [`${printable(name)}: left to end by itself, up to ${seconds} s after the others`]
  if (ways.length > 0) return ways.map(way => `${wayStep(way, name)}, up to ${grace} s: ${printable(way.why ?? '', 400)}`)
  return [`${printable(name)}: ${state === 'running' ? 'no way of its own' : 'it does not run, so it can be told nothing'}`]
}

function completeLine(verdict: Verdict): string {
  const step = completeStep(verdict)
  if (verdict.complete === 'first') return `${step}: first, because the kubelet then ends all that is left and no exit code counts any more`
  if (verdict.earned === 'Failed') return `${step}: last, because the Job starts its next pod at once, while this one still ends`
  return `${step}: last, because the ways above are known to end cleanly and show a finished pod only when it is`
}
