import type { Path, Severity, Sidecar, Template } from '../../runtime/review.ts'
import { pointer, valueAt } from '../pointer.ts'
import { isMapping } from '../../runtime/mapping.ts'

/** What one patch does to one pod template: the template that writes it, its view, and what a person should know. */
export interface Change {
  readonly template: string
  readonly view: object
  readonly remarks: readonly Remark[]
}

/** Something to say beside the review's findings. */
export interface Remark {
  readonly severity: Severity
  readonly message: string
  readonly path: Path
  readonly proposed?: unknown
}

/** Sidecars that run on after the mains unless something is done. */
export function outliving(template: Template, manifest: unknown): readonly Sidecar[] {
  return template.containers.flatMap(container =>
    container.role === 'sidecar' && !container.ends_itself && !container.with_owner && !isWrapped(container, manifest) ? [container] : [],
  )
}

/** A sidecar that the tombstone's script runs. */
function isWrapped({ path }: Sidecar, manifest: unknown): boolean {
  return path !== null && valueAt(manifest, [...path, 'command', 0]) === '/sidecar-reaper/busybox'
}

/** The additions that give a pod template these annotations, with the mappings that have to be there before. */
export function annotations(template: Template, manifest: unknown, entries: Readonly<Record<string, string>>) {
  const at = [...template.metadata, 'annotations']
  return {
    parents: [template.metadata, at].filter(path => !isMapping(valueAt(manifest, path))).map(path => pointer(path)),
    annotations: Object.entries(entries).map(([key, value]) => ({ path: pointer([...at, key]), value })),
  }
}
