import type { Path, Sidecar, Template } from '../../runtime/review.ts'
import { pointer, valueAt } from '../pointer.ts'
import { annotations, type Change, outliving, type Remark } from './change.ts'

/** Moves the sidecars of a Job's or CronJob's pod template to its init containers, the network of the others first: native ones end in reverse. */
export function native(template: Template, manifest: unknown): Change | undefined {
  const { pod } = template
  if (pod === null) return undefined
  const sidecars = outliving(template, manifest)
    .flatMap(sidecar => (sidecar.path === null ? [] : [{ ...sidecar, path: sidecar.path }]))
    .toSorted((a, b) => Number(b.last) - Number(a.last))
  if (sidecars.length === 0) return undefined
  const list = [...pod, 'initContainers']
  const inits = listAt(manifest, list)
  const count = inits?.length ?? 0
  const firstNative = inits?.findIndex(isNative) ?? -1
  const places = sidecars.map(({ last }, index) => [...list, (last && firstNative >= 0 ? firstNative : count) + index])
  return {
    template: 'patch/native.yaml.hbs',
    view: {
      lists: inits === undefined ? [pointer(list)] : [],
      moves: sidecars.map(({ name, path }, index) => ({
        name,
        from: pointer(withoutEarlier(path, sidecars.slice(0, index))),
        to: pointer(places[index] ?? list),
        hasRules: valueAt(manifest, [...path, 'restartPolicyRules']) !== undefined,
      })),
    },
    remarks: sidecars.flatMap((sidecar, index) => remarks(template, sidecar, manifest, places[index] ?? list)),
  }
}

function isNative(container: unknown): boolean {
  return valueAt(container, ['restartPolicy']) === 'Always'
}

/** Asks the vendors' webhooks for native sidecars. */
export function nativeSwitch(template: Template, manifest: unknown): Change | undefined {
  const switches = outliving(template, manifest).flatMap(({ name, title, injected, native }) =>
    injected && native?.annotations && Object.keys(native.annotations).length > 0 ? [{ name, title, ...native }] : [],
  )
  if (switches.length === 0) return undefined
  const entries: Readonly<Record<string, string>> = Object.assign({}, ...switches.map(({ annotations: asked }) => asked))
  return {
    template: 'patch/native-switch.yaml.hbs',
    view: annotations(template, manifest, entries),
    remarks: switches.map(({ name, title, since, note }) => ({
      severity: 'info',
      message: `${template.owner} ${template.name}: ${title} is asked to add ${name} as a native sidecar, which it can since ${since}${note === undefined ? '' : `. ${note}`}`,
      path: [...template.metadata, 'annotations'],
    })),
  }
}

// Each move takes a container out of the list.
function withoutEarlier(path: Path, moved: readonly { readonly path: Path }[]): Path {
  const index = Number(path.at(-1))
  return [...path.slice(0, -1), index - moved.filter(other => Number(other.path.at(-1)) < index).length]
}

function remarks(template: Template, { name, path }: Sidecar & { readonly path: Path }, manifest: unknown, now: Path): readonly Remark[] {
  const probe = (kind: string) => valueAt(manifest, [...path, kind])
  const proposed = probe('startupProbe') === undefined ? (probe('readinessProbe') ?? probe('livenessProbe')) : undefined
  return [
    {
      severity: 'info',
      message: `${template.owner} ${template.name}: ${name} becomes a native sidecar. It starts after the init containers and before the mains, is ended after them, and its exit code does not count any more${recreation(template)}`,
      path: now,
    },
    ...(proposed === undefined
      ? []
      : [
          {
            severity: 'info' as const,
            message: `${template.owner} ${template.name}: with a startupProbe the mains would wait until ${name} is ready; its other probe could serve`,
            path: [...now, 'startupProbe'],
            proposed,
          },
        ]),
  ]
}

function recreation({ owner }: Template): string {
  return owner === 'Job'
    ? '. A Job that is in the cluster already has to be deleted and created again: its template is immutable'
    : '. Jobs that are in the cluster already stay as they are; the next run has it'
}

function listAt(manifest: unknown, path: Path): readonly unknown[] | undefined {
  const value = valueAt(manifest, path)
  return Array.isArray(value) ? value : undefined
}
