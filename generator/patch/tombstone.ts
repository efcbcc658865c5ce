import type { Path, Template } from '../../runtime/review.ts'
import { pointer, valueAt } from '../pointer.ts'
import { type Change, outliving } from './change.ts'

/** Lets the sidecars of a Job's or CronJob's pod template end with its mains by a script around every container; kubexit's idea. */
export function tombstone(template: Template, manifest: unknown, { image }: { readonly image: string }): Change | undefined {
  const { pod } = template
  const sidecars = outliving(template, manifest).flatMap(sidecar => (sidecar.path === null ? [] : [{ ...sidecar, path: sidecar.path }]))
  if (pod === null || sidecars.length === 0) return undefined
  const mains = template.containers.flatMap(({ name, role, path }) => (role === 'main' && path !== null ? [{ name, path }] : []))
  const without = [...mains, ...sidecars].filter(({ path }) => !Array.isArray(valueAt(manifest, [...path, 'command'])))
  if (without.length > 0) return cannot(template, without)
  const lists = [
    [...pod, 'volumes'],
    [...pod, 'initContainers'],
    ...[...mains, ...sidecars].map(({ path }) => [...path, 'volumeMounts']),
  ].filter(path => !Array.isArray(valueAt(manifest, path)))
  return {
    template: 'patch/tombstone.yaml.hbs',
    view: {
      image,
      restarts: template.restart_policy === 'OnFailure',
      grace: template.grace,
      names: mains.map(({ name }) => name).join(' '),
      lists: lists.map(path => pointer(path)),
      volumes: pointer([...pod, 'volumes', '-']),
      init: pointer([...pod, 'initContainers', 0]),
      mains: mains.map(container => wrapped(container, manifest)),
      sidecars: sidecars.map(container => wrapped(container, manifest)),
    },
    remarks: sidecars.map(({ name, path }) => ({
      severity: 'info',
      message: `${template.owner} ${template.name}: a script ends ${name} with the mains, by TERM and after ${template.grace} s by KILL, and exits with 0. A main that is killed together with its script, as for want of memory, leaves no sign, and the pod hangs`,
      path,
    })),
  }
}

interface Placed {
  readonly name: string
  readonly path: Path
}

function wrapped({ name, path }: Placed, manifest: unknown) {
  const words = ['command', 'args'].flatMap(key => valueAt(manifest, [...path, key]) ?? [])
  return {
    name,
    words,
    command: pointer([...path, 'command']),
    args: pointer([...path, 'args']),
    mounts: pointer([...path, 'volumeMounts', '-']),
  }
}

function cannot(template: Template, without: readonly Placed[]): Change {
  return {
    template: 'patch/annotate.yaml.hbs',
    view: { parents: [], annotations: [] },
    remarks: without.map(({ name, path }) => ({
      severity: 'error',
      message: `${template.owner} ${template.name}: ${name} has no command, and the one of its image is not in the manifest; write it out, so that a script can run it`,
      path,
    })),
  }
}
