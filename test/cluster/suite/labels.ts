import type { Fields } from '../harness/manifests.ts'
import { parsed, type Manifest } from '../harness/create.ts'

/** By which the suite tells its runs, its cases, and the pods of a common sweep apart. */
export const runLabel = 'sidecar-reaper.test/run'
export const caseLabel = 'sidecar-reaper.test/case'
export const groupLabel = 'sidecar-reaper.test/group'

export type Marks = Readonly<{ run: string; case: string; group: string }>

/** The objects with the suite's labels on them and on all pods that are to come of them. */
export function labelled(manifests: readonly (object | string)[], marks: Marks): Manifest[] {
  const labels = { [runLabel]: marks.run, [caseLabel]: marks.case, [groupLabel]: marks.group }
  return parsed(manifests).map(manifest => withLabels(manifest, labels)) as unknown as Manifest[] // labels were added, no more
}

/** Pod templates nest: a CronJob has a Job's template, and that a pod's. */
function withLabels(object: object, labels: Record<string, string>): Fields {
  const { metadata = {}, spec, ...rest } = object as { metadata?: { labels?: object }; spec?: Fields }
  return {
    ...rest,
    metadata: { ...metadata, labels: { ...metadata.labels, ...labels } },
    ...(spec ? { spec: inTemplates(spec, labels) } : {}),
  }
}

function inTemplates(spec: Fields, labels: Record<string, string>): Fields {
  const templates = Object.entries(spec).filter(([key]) => key === 'template' || key === 'jobTemplate')
  return { ...spec, ...Object.fromEntries(templates.map(([key, template]) => [key, withLabels(template as object, labels)])) }
}
