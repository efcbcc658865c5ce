import type { CatalogueRows } from '../../runtime/catalogue.ts'
import { ARGO_KILL_COMMAND, CLAIM_ANNOTATION, COMPLETED_ANNOTATION, KRUISE_MARK } from '../../runtime/names.ts'
import type { Settings } from '../../runtime/settings.ts'
import { LIST_PROCESSES } from '../../runtime/way/processes.ts'
import type { ReaperOptions } from './options.ts'
import { type Recognition, recognitions } from './recognition.ts'

/** What the templates of the admission policies read; expressions are CEL. */
export interface Pin {
  /** The user name of the ServiceAccount. */
  readonly user: string
  /** Keys of pod annotations that are the reaper's to write. */
  readonly annotations: readonly string[]
  readonly mayEnd: boolean
  readonly mainLabel: string | null
  /** Each a list of names: whom a controller that is gone would have ended. */
  readonly orphans: readonly string[]
  readonly catalogue: readonly Recognition[]
  /** Whether `name`, which no annotation speaks of, is a sidecar. */
  readonly unannotated: string
  /** Through which subresources a pod may be reached. */
  readonly subresources: readonly string[]
  /** Alternatives of which the command has to be one; none: whatever an annotation says may be run. */
  readonly commands: readonly string[]
}

/** The pin of the reaper's ServiceAccount to what its settings and the catalogue let it do. */
export function pin({ name, namespace, settings }: ReaperOptions, rows: CatalogueRows): Pin {
  const { ways, mainLabel } = settings
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    annotations: [CLAIM_ANNOTATION, COMPLETED_ANNOTATION],
    mayEnd: ways.includes('complete'),
    mainLabel,
    orphans: settings.controllersGone.map(controller => ORPHANS[controller]),
    catalogue: recognitions(rows),
    unannotated: unannotated(settings),
    subresources: [
      ...(ways.some(way => way === 'exec' || way === 'signal') ? ['exec'] : []),
      ...(ways.includes('http') ? ['portforward'] : []),
    ],
    commands: settings.annotationCommands === 'allow' && ways.includes('exec') ? [] : commands(ways, rows),
  }
}

const ORPHANS: Readonly<Record<Settings['controllersGone'][number], string>> = {
  kruise: `variables.before.spec.containers.filter(c, has(c.env) && c.env.exists(e, e.name == '${KRUISE_MARK}' && has(e.value) && e.value == 'true')).map(c, c.name)`,
  argo: `variables.before.spec.containers.map(c, c.name).filter(name, ('${ARGO_KILL_COMMAND}' + name) in variables.annotationsBefore)`,
}

function unannotated({ sidecars, mainLabel, controllersGone }: Settings): string {
  const alternatives = [
    'name in variables.known',
    ...(sidecars.length > 0 ? [`name in ${JSON.stringify(sidecars)}`] : []),
    ...(mainLabel === null ? [] : ['(size(variables.labelledMains) > 0 && !(name in variables.labelledMains))']),
  ].join(' || ')
  if (controllersGone.length === 0) return `(${alternatives})`
  return `(size(variables.orphans) > 0 ? variables.orphans.all(names, name in names) : (${alternatives}))`
}

function commands(ways: Settings['ways'], rows: CatalogueRows): readonly string[] {
  const own = Object.values(rows).flatMap(row => row.ways.flatMap(way => (way.way === 'exec' ? [way.argv] : [])))
  return [
    ...(ways.includes('exec') ? [...new Set(own.map(argvTest))] : []),
    ...(ways.includes('signal')
      ? [
          `(size(variables.command) == 3 && variables.command[0] == 'kill' && variables.command[1].matches('^-${SIGNAL}$') && variables.command[2].matches('^[0-9]+$'))`,
          `(size(variables.command) == 3 && variables.command[0] == 'sh' && variables.command[1] == '-c' && variables.command[2].matches('^kill -${SIGNAL} [0-9]+$'))`,
          `variables.command == ${JSON.stringify(LIST_PROCESSES)}`,
        ]
      : []),
  ]
}

/** Those of the catalogue and of annotations, and what `lifecycle.stopSignal` may be; never one that cannot be caught. */
const SIGNAL = '(ABRT|ALRM|HUP|INT|PIPE|QUIT|TERM|USR1|USR2|WINCH|RT(MIN|MAX)([+-][0-9]+)?)'

function argvTest(argv: readonly string[]): string {
  if (!argv.some(word => word.includes('{port}'))) return `variables.command == ${JSON.stringify(argv)}`
  const words = argv.map((word, index) =>
    word.includes('{port}')
      ? `variables.command[${index}].matches(${JSON.stringify(`^${word.replaceAll('.', '[.]').replaceAll('{port}', '[0-9]{1,5}')}$`)})`
      : `variables.command[${index}] == ${JSON.stringify(word)}`,
  )
  return `(size(variables.command) == ${argv.length} && ${words.join(' && ')})`
}
