import type { Option, Path, Sidecar, Template } from '../../runtime/review.ts'
import { pointer, valueAt } from '../pointer.ts'
import { annotations, type Change } from './change.ts'

/** Switches on the vendors' clean exits that nothing in the pod speaks of yet; the catalogue says which options those are. */
export function flags(template: Template, manifest: unknown, { ways }: { readonly ways: readonly string[] }): Change | undefined {
  const settings = template.containers.flatMap(container =>
    container.role === 'sidecar' ? wanted(container, ways).flatMap(option => setting(container, option, manifest)) : [],
  )
  if (settings.length === 0) return undefined
  const args = settings.flatMap(({ arg }) => arg ?? [])
  const env = settings.flatMap(({ variable }) => variable ?? [])
  const entries = Object.fromEntries(settings.flatMap(({ annotation }) => (annotation ? [annotation] : [])))
  const { parents, annotations: annotated } = annotations(template, manifest, entries)
  const lists = new Set(env.map(({ list }) => pointer(list)).filter((_, index) => valueAt(manifest, env[index]?.list ?? []) === undefined))
  return {
    template: 'patch/flags.yaml.hbs',
    view: {
      maps: annotated.length > 0 ? parents : [],
      lists: [...lists],
      args,
      env: env.map(({ list, name, value }) => ({ path: pointer([...list, '-']), name, value })),
      annotations: annotated,
    },
    remarks: settings.map(({ container, words, place }) => ({
      severity: 'info',
      message: `${template.owner} ${template.name}: ${words} lets ${container} exit with 0`,
      path: place ?? [...template.metadata, 'annotations'],
    })),
  }
}

/** Each option once: the exec and the http way often need the same. */
function wanted({ settable }: Sidecar, ways: readonly string[]): readonly Option[] {
  const options = settable.filter(({ way }) => ways.includes(way)).flatMap(way => way.options)
  return [...new Map(options.map(option => [JSON.stringify(option), option])).values()]
}

interface Setting {
  readonly container: string
  readonly words: string
  readonly place?: Path
  readonly arg?: { readonly path: string; readonly value: string }
  readonly variable?: { readonly list: Path; readonly name: string; readonly value: string }
  readonly annotation?: readonly [string, string]
}

/** Where the option can be said: with the arguments that are there, in env, or on the pod. A webhook's container takes only the last. */
function setting({ name: container, path }: Sidecar, { flag, env, annotation, is }: Option, manifest: unknown): readonly Setting[] {
  const value = is[0] ?? 'true'
  const list = path === null ? undefined : argumentList(manifest, path)
  if (flag !== undefined && list !== undefined) {
    const word = value === 'true' ? `--${flag}` : `--${flag}=${value}`
    return [{ container, words: word, place: list, arg: { path: pointer([...list, endOfOptions(manifest, list)]), value: word } }]
  }
  if (env !== undefined && path !== null) {
    const list = [...path, 'env']
    return [{ container, words: `env ${env}=${value}`, place: list, variable: { list, name: env, value } }]
  }
  return annotation === undefined ? [] : [{ container, words: `annotation ${annotation}: "${value}"`, annotation: [annotation, value] }]
}

const SHELL = /(^|\/)(sh|bash|dash|ash|busybox)$/

/** The list that a further option can be added to: not a shell's, and none where the image has its own. */
function argumentList(manifest: unknown, path: Path): Path | undefined {
  const [command, args] = ['command', 'args'].map(key => valueAt(manifest, [...path, key]))
  if (Array.isArray(command) && SHELL.test(String(command[0]))) return undefined
  if (Array.isArray(args) && !(Array.isArray(command) && command.includes('--'))) return [...path, 'args']
  return Array.isArray(command) ? [...path, 'command'] : undefined
}

/** Before a --, after which nothing is an option; else the end, in the words of RFC 6901. */
function endOfOptions(manifest: unknown, list: Path): number | '-' {
  const words = valueAt(manifest, list)
  const end = Array.isArray(words) ? words.indexOf('--') : -1
  return end === -1 ? '-' : end
}
