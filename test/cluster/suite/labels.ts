import type { Fields } from '../harness/manifests.ts'
import type { Site } from './site.ts'
import { parsed, type Manifest } from '../harness/create.ts'

/** By which the suite tells its runs, its cases, and the pods of a common sweep apart. */
export const runLabel = 'sidecar-reaper.test/run'
export const caseLabel = 'sidecar-reaper.test/case'
export const groupLabel = 'sidecar-reaper.test/group'

export type Marks = Readonly<{ run: string; case: string; group: string }>

/** The objects, fitted to the site, with the suite's labels on them and on all pods that are to come of them. */
export function labelled(manifests: readonly (object | string)[], marks: Marks, site: Site): Manifest[] {
  const labels = { [runLabel]: marks.run, [caseLabel]: marks.case, [groupLabel]: marks.group }
  return parsed(manifests).map(manifest => fitted(withLabels(manifest, labels), site)) as unknown as Manifest[] // labels were added, no more
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

const builtIn = 'sidecar-reaper.test/'

/** The object with images that the site has, and its pods on the one node. */
function fitted(object: Fields, { registry, nodeSelector }: Site): Fields {
  const text = JSON.stringify(object, (_, value: unknown) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    if (nodeSelector && 'containers' in value) return { ...value, nodeSelector }
    const image = 'image' in value && typeof value.image === 'string' ? value.image : ''
    if (registry === undefined || !image.startsWith(builtIn) || image.includes('/missing:')) return value
    return { ...value, image: image.replace(builtIn, `${registry}/`), imagePullPolicy: 'IfNotPresent' }
  })
  return JSON.parse(text) as Fields // as it was, with other values
}
