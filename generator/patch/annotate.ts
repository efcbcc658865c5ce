import type { Sidecar, Template } from '../../runtime/review.ts'
import { valueAt } from '../pointer.ts'
import { annotations, type Change, outliving } from './change.ts'

/** Names the sidecars of a pod template that no annotation names yet. */
export function annotate(template: Template, manifest: unknown, { exits }: { readonly exits: boolean }): Change | undefined {
  if (template.speaker !== null || outliving(template, manifest).length === 0) return undefined
  // All of them: one that is left out of the list would be a main.
  const sidecars = template.containers.flatMap(container => (container.role === 'sidecar' ? [container] : []))
  const names = sidecars.map(({ name }) => name).join(', ')
  const details = exits && valueOf(manifest, template) === undefined ? knownExits(sidecars) : {}
  return {
    template: 'patch/annotate.yaml.hbs',
    view: annotations(template, manifest, { 'sidecar-reaper/sidecars': names, ...details }),
    remarks: [
      {
        severity: 'info',
        message: `${template.owner} ${template.name}: annotated, so that a reaper ends ${names}`,
        path: [...template.metadata, 'annotations'],
      },
    ],
  }
}

function knownExits(sidecars: readonly Sidecar[]): Readonly<Record<string, string>> {
  const known = sidecars.flatMap(({ name, exit }) => (exit === null ? [] : [[name, { exit }] as const]))
  return known.length === 0 ? {} : { 'sidecar-reaper/containers': JSON.stringify(Object.fromEntries(known)) }
}

function valueOf(manifest: unknown, { metadata }: Template): unknown {
  return valueAt(manifest, [...metadata, 'annotations', 'sidecar-reaper/containers'])
}
