import { printable } from '../printable.ts'
import type { ContainerVerdict, Verdict, Way } from '../verdict.ts'
import { completeStep, wayStep } from './steps.ts'

/** What of the surroundings decides where a way comes. */
export interface WayContext {
  readonly restartPolicy: string
  /** The ways that the settings allow. */
  readonly allowed: readonly string[]
}

/** The ways of an `end` verdict in their order, each with the reason for its place. */
export function wayLines(verdict: Verdict, context: WayContext): readonly string[] {
  const told = verdict.containers.filter(({ left_over }) => left_over).flatMap(container => containerLines(container, verdict, context))
  const complete = completeLine(verdict, context)
  if (verdict.complete === 'first') return [complete, ...told]
  return [...told, complete]
}

function containerLines(container: ContainerVerdict, verdict: Verdict, context: WayContext): readonly string[] {
  if (container.ways.length === 0) return [`${printable(container.name)}: no way of its own; ${noWay(container)}`]
  return container.ways.map(way => `${wayStep(way, container.name)}, up to ${container.grace} s: ${exitReason(way, verdict, context)}`)
}

function noWay({ state }: ContainerVerdict): string {
  return state === 'running' ? 'none that the settings allow is known to end it cleanly' : 'it does not run, so it can be told nothing'
}

function exitReason({ exit }: Way, { earned, complete }: Verdict, { restartPolicy }: WayContext): string {
  if (earned === 'Failed' && restartPolicy === 'Never')
    return `${exitWords(exit)}; the pod has earned Failed already, so no exit code makes it worse`
  if (exit === 0) return 'known to exit with 0, which leaves the pod as its mains deserve'
  const harm = restartPolicy === 'OnFailure' ? 'the kubelet restarts it' : 'the pod becomes Failed and its Job may run the main again'
  if (exit !== null) return `known to exit with ${exit}: ${harm}`
  return `${exitWords(exit)}: if it is not 0, ${harm}${complete === 'first' ? ', so it comes after complete' : ''}`
}

function exitWords(exit: number | null): string {
  return exit === null ? 'nobody knows its exit code' : `known to exit with ${exit}`
}

function completeLine(verdict: Verdict, { allowed }: WayContext): string {
  const step = completeStep(verdict)
  switch (verdict.complete) {
    case 'first':
      return `${step}: first, because the kubelet then ends all that is left and no exit code counts any more`
    case 'last':
      return verdict.earned === 'Failed'
        ? `${step}: last, because the Job starts its next pod at once, while this one still ends`
        : `${step}: last, because the ways above are known to end cleanly and show a finished pod only when it is`
    case 'no':
      return `not ${step}: ${allowed.includes('complete') ? 'it is not to be had for this pod' : 'the setting ways leaves complete out'}`
  }
}
