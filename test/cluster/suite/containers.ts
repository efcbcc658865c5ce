import { equipped, podTemplate, type Behaviour, type Fields } from '../harness/manifests.ts'
import type { Place } from './stage.ts'

/** The usual annotation of a row. */
export const listed = { 'sidecar-reaper/sidecars': 'sidecar' }

/** For a container whose image has no shell and no kill. */
export const distroless = { image: 'sidecar-reaper.test/actor:1' }

/** An image that no registry and no node has. */
export const missingImage = { image: 'sidecar-reaper.test/missing:1', imagePullPolicy: 'Never' }

/** A main that exits 0 after half a second unless told otherwise; a signal that reaches it shows as exit 99. */
export function main(name = 'main', behaviour: Behaviour = {}, fields: Fields = {}): Fields {
  const exit = behaviour.failTimes === undefined ? { exit: 0 } : {}
  return equipped(name, { after: 0.5, on: { TERM: '99', INT: '99' }, ...exit, ...behaviour }, fields)
}

/** A sidecar that runs until it hears a TERM or an INT, and then exits 0 unless told otherwise. */
export function sidecar(name = 'sidecar', on: Behaviour['on'] = {}, behaviour: Behaviour = {}, fields: Fields = {}): Fields {
  return equipped(name, { on: { TERM: '0', INT: '0', ...on }, ...behaviour }, fields)
}

export type JobOptions = { annotations?: Record<string, string>; labels?: Record<string, string>; pod?: Fields; spec?: Fields }

/** A Job of these containers, with one retry. Annotations, labels and `pod` are its pods', `spec` is its own. */
export function jobOf({ name, directory }: Place, containers: readonly Fields[], options: JobOptions = {}): Fields {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: { backoffLimit: 1, template: templateOf(directory, containers, options), ...options.spec },
  }
}

/** A pod that nothing owns. */
export function podOf({ name, directory }: Place, containers: readonly Fields[], options: JobOptions = {}): Fields {
  const { metadata, spec } = templateOf(directory, containers, options)
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, ...metadata }, spec }
}

/** A pod's metadata and spec; three seconds of grace. */
export function templateOf(
  directory: string,
  containers: readonly Fields[],
  { annotations = {}, labels = {}, pod = {} }: JobOptions,
): { metadata: Fields; spec: Fields } {
  return podTemplate(directory, containers, { terminationGracePeriodSeconds: 3, ...pod, metadata: { annotations, labels } })
}

/** An annotation that says with what code a sidecar ends when it is told to. */
export function willExit(code: number, ...names: string[]): Record<string, string> {
  const details = (names.length > 0 ? names : ['sidecar']).map(name => [name, { exit: code }] as const)
  return { 'sidecar-reaper/containers': JSON.stringify(Object.fromEntries(details)) }
}
