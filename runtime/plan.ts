import type { PodRef } from './cluster.ts'
import type { ContainerVerdict, Verdict } from './verdict.ts'

/** One pod that a verdict speaks of, with what a guarded write to it needs. */
export interface Subject {
  readonly ref: PodRef
  readonly uid: string
  /** Of the pod as it was judged. */
  readonly resourceVersion: string
  readonly node: string | null
  readonly job: { readonly name: string; readonly uid: string } | null
  /** How long the kubelet gives the whole pod to end. */
  readonly graceSeconds: number
  /** A sweep has tried to end it before, by its annotations. */
  readonly wasTried: boolean
  readonly verdict: Verdict
}

/** One step on the way to an ended pod; the next is taken when this one did not end it. */
export type Step =
  /** Complete the pod with this phase. */
  | { readonly kind: 'complete'; readonly phase: 'Succeeded' | 'Failed' }
  /** Tell each of these containers, by its own ways in order, those of a lower turn first. */
  | { readonly kind: 'tell'; readonly containers: readonly ContainerVerdict[] }

/** The steps of one `end` verdict, in order; empty for any other decision. */
export function planSteps({ decision, earned, complete, containers }: Verdict): readonly Step[] {
  if (decision !== 'end' || earned === null) return []
  const told = containers.filter(container => container.left_over && (container.ways.length > 0 || container.ends_itself !== undefined))
  const tell: readonly Step[] = told.length > 0 ? [{ kind: 'tell', containers: told }] : []
  const finish: Step = { kind: 'complete', phase: earned }
  if (complete === 'first') return [finish, ...tell]
  if (complete === 'last') return [...tell, finish]
  return tell
}

/** What one sweep does with the pods that are to be ended. */
export interface Plan {
  /** To be ended now, at most `maxEndings`. */
  readonly endings: readonly Subject[]
  /** Left for the next sweep. */
  readonly later: readonly Subject[]
  /** To be said only: a dry run, or a setting that asks for no more. */
  readonly reports: readonly Subject[]
}

export interface PlanLimits {
  readonly maxEndings: number
  readonly isDryRun: boolean
}

/**
 * The `end` verdicts among these as a plan, in their own order, but for those tried before: they come last, so that pods
 * which can't be ended never keep the others from it. A dry run only reports, and as many as would be ended.
 */
export function planEndings(subjects: readonly Subject[], { maxEndings, isDryRun }: PlanLimits): Plan {
  const ends = subjects.filter(({ verdict }) => verdict.decision === 'end')
  const reports = ends.filter(({ verdict }) => verdict.report)
  const rest = ends.filter(({ verdict }) => !verdict.report)
  const inTurn = [...rest.filter(({ wasTried }) => !wasTried), ...rest.filter(({ wasTried }) => wasTried)]
  const [now, later] = [inTurn.slice(0, maxEndings), inTurn.slice(maxEndings)]
  return isDryRun ? { endings: [], later, reports: [...reports, ...now] } : { endings: now, later, reports }
}
