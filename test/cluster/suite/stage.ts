import type { Api, Connection } from '../harness/api.ts'
import type { Job } from '../harness/objects.ts'
import type { Scenario } from '../harness/world.ts'
import type { History, PodHistory } from './history.ts'
import type { Identities, Rights } from './identity.ts'
import type { RunningSweep, SweepOptions } from './sweep.ts'

/** Where a row's objects stand. */
export type Place = Readonly<{
  /** For the one object that the row is about. */
  name: string
  namespace: string
  /** On the node; in the containers of the builders it is /scenario. */
  directory: string
}>

/** What a row's own steps can do. */
export type Stage = Place &
  Readonly<{
    api: Api
    connection: Connection
    identities: Identities
    /** What the row's sweeps may do. */
    rights: Rights
    apply: Scenario['apply']
    /** All pods of the row so far, as they were at each time. */
    pods(): readonly PodHistory[]
    /** All Jobs of the row so far. */
    jobs(): readonly History<Job>[]
    /** Resolves when the row's pods are as asked. */
    until(what: string, isAsked: (pods: readonly PodHistory[]) => boolean): Promise<void>
    /** Starts one sweep of the row's pods. */
    sweep(options?: SweepOptions): RunningSweep
    /** What the actors wrote down of that one: `start TERM`. */
    story(actor: string): string
  }>
