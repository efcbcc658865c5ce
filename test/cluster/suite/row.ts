import type { Version } from '../setup/paths.ts'
import type { Fields } from '../harness/manifests.ts'
import type { Check } from './comparison.ts'
import type { Evidence } from './evidence.ts'
import type { Rights } from './identity.ts'
import type { Place, Stage } from './stage.ts'

/** The ways that a sweep may use: all of them, or one. */
export const variants = ['all', 'exec', 'http', 'signal', 'complete'] as const
export type Variant = (typeof variants)[number]

/** Those of the containers that no catalogue knows, which have neither a command nor an endpoint of their own. */
type Plain = 'all' | 'signal' | 'complete'
type PlainExpectations = Readonly<Record<Plain, Expectation>>

/** One row of the table: what stands in the cluster, and what has to come of it under each set of ways. */
export type Row = Readonly<{
  title: string
  /** Objects, or YAML texts; they find the row's namespace and directory in the place. */
  objects: (place: Place) => readonly (object | string)[]
  expect: Readonly<Partial<Record<Variant, Expectation>>>
  /** Beside `ways`. */
  settings?: Fields
  /** Those of whom no sidecar may hear a signal before each of them has ended; none: somebody else tells them too. */
  mains?: readonly string[]
  /** The settle delay in seconds, where it is not the default. */
  settle?: number
  /** What the sweeps may do, where it is not all that the ways need. */
  rights?: Rights
  /** One that is there already, in place of one of the row's own. */
  namespace?: string
  namespaceLabels?: Record<string, string>
  /** Which versions cannot run it, all older ones, and why: their plan leaves it out. */
  needs?: Readonly<{ kubernetes: Version; why: string }>
  /** Until what is expected has come to be; 60 unless given. */
  seconds?: number
  /** Its endings take long; it is not swept together with others that would have to wait. */
  isSlow?: boolean
  /** Runs before any sweep: it may sweep in its own manner. */
  script?: (stage: Stage) => Promise<void>
  /** Runs beside the sweeps. */
  during?: (stage: Stage) => Promise<void>
  /** False: nobody sweeps but the script. */
  isSwept?: boolean
  /** What only this row has to say of the evidence. */
  check?: (evidence: Evidence, variant: Variant) => readonly Check[]
}>

/** What has to come of a row; whatever is not said has to be as if nobody had swept. */
export type Expectation = Readonly<{
  /** Of the Job; `none` where there is none. */
  job: 'Complete' | 'Failed' | 'active' | 'gone' | 'none'
  /**
   * What each actor wrote down: `start TERM exit 0`; restarts within a pod follow each other, the lives in one pod after
   * another are divided by ` | `.
   */
  stories: Readonly<Record<string, string | RegExp>>
  /** What the kubelet shows of containers that neither wrote down their exit nor run: an exit code, or why it waits. */
  states?: Readonly<Record<string, string | RegExp>>
  /** `ended by complete`, `failed`, `reported`, `vanished`; one a pod. */
  outcomes: readonly (string | RegExp)[]
  /** The errors of attempts that did not end it. */
  tried?: readonly RegExp[]
  /** The last verdict that was not about a finished pod: `end left-over`. */
  verdict: string | RegExp
  /** Codes of the verdicts' warnings. */
  warnings?: readonly string[]
  /** What the summaries say that the sweep could not see or do. */
  limits?: readonly RegExp[]
  /** What the sweeps asked the API server to do; follows from the outcomes unless given. */
  calls?: Partial<Calls>
  /** `Pod SidecarsEnded`; follow from outcomes and verdict unless given. */
  events?: readonly string[]
}>

export type Calls = Readonly<{ claims: number; completions: number; execs: number; forwards: number }>

type More = Partial<Expectation>

const endedStories = { main: 'start exit 0', sidecar: 'start TERM exit 0' }
const keptStories = { main: 'start exit 0', sidecar: 'start' }

/** The sweep ends the pod by that way and its Job is Complete. */
export function ended(by: Exclude<Variant, 'all'>, stories: Expectation['stories'] = endedStories, more: More = {}): Expectation {
  return { job: 'Complete', stories, outcomes: [`ended by ${by}`], verdict: 'end left-over', ...more }
}

/** The sweep ends nothing, for the reason of that verdict, and the Job is as active as it was. */
export function kept(verdict: string | RegExp, stories: Expectation['stories'] = keptStories, more: More = {}): Expectation {
  return { job: 'active', stories, outcomes: [], verdict, ...more }
}

/** The same under whatever ways. */
export function always(expectation: Expectation): PlainExpectations {
  return { all: expectation, signal: expectation, complete: expectation }
}

/** One expectation for each set of ways, by the way that ends the pod under it; `more` is said of all. */
export function by(ways: Readonly<Record<Plain, 'signal' | 'complete'>>, stories?: Expectation['stories'], more?: More): PlainExpectations {
  const expectation = (variant: Plain): Expectation => ended(ways[variant], stories, more)
  return { all: expectation('all'), signal: expectation('signal'), complete: expectation('complete') }
}

/** The same for so many pods of the Job, one after another. */
export function times(count: number, expect: PlainExpectations): PlainExpectations {
  const repeated = (expectation: Expectation): Expectation => ({
    ...expectation,
    stories: Object.fromEntries(Object.entries(expectation.stories).map(([name, text]) => [name, Array(count).fill(text).join(' | ')])),
    outcomes: Array<(typeof expectation.outcomes)[number][]>(count)
      .fill([...expectation.outcomes])
      .flat(),
  })
  return { all: repeated(expect.all), signal: repeated(expect.signal), complete: repeated(expect.complete) }
}

/** The usual case of a sidecar whose exit code nobody knows: completed where that is allowed, else told. */
export const completedOrTold = { all: 'complete', signal: 'signal', complete: 'complete' } as const

/** The usual case of a sidecar whose exit code is known to do no harm: told where that is allowed, else completed. */
export const toldOrCompleted = { all: 'signal', signal: 'signal', complete: 'complete' } as const
