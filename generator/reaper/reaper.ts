import { load } from 'js-yaml'
import packageJson from '../../package.json' with { type: 'json' }
import type { CatalogueRows } from '../../runtime/catalogue.ts'
import { companion, COMPANION_TEMPLATES } from './companion.ts'
import type { ReaperOptions } from './options.ts'
import { type Pin, pin } from './pin.ts'
import { type Part, programHashes, type ProgramFile, programParts } from './program.ts'
import { rights, type Scope } from './rights.ts'
import { settingsText } from './settings-text.ts'
import { fill, type Templates } from './template.ts'

/** What the manifests are made of beside the options. */
export interface ReaperSources {
  readonly templates: Templates
  /** The built-in rows. */
  readonly catalogue: CatalogueRows
  /** What a sweep runs; read only where the options name no image. */
  readonly program: readonly ProgramFile[]
}

/** One object as YAML with its comments, and the name of a file that holds it. */
export interface Manifest {
  readonly file: string
  readonly text: string
}

/** The reaper's objects as YAML, in the order in which they can be applied. */
export function reaperManifests(options: ReaperOptions, sources: ReaperSources): readonly Manifest[] {
  const parts = options.image === null ? programParts(sources.program, options.name) : []
  const view = reaperView(options, sources, parts)
  const manifest: Fill = (name, more = {}, file = `${name}.yaml`, folder = 'reaper') => ({
    file,
    text: fill(sources.templates, `${folder}/${name}.yaml.hbs`, { ...view, ...more }),
  })
  return [
    ...(options.createNamespace ? [manifest('namespace')] : []),
    manifest('service-account'),
    ...(options.pin ? pinManifests(view.pin, manifest) : []),
    manifest('role'),
    manifest('role-binding'),
    manifest('settings'),
    ...options.companions.flatMap(kind =>
      COMPANION_TEMPLATES[kind].map(template => manifest(template, {}, `${template}.yaml`, 'companion')),
    ),
    ...parts.map((part, index) => manifest('program', { part }, `program-${index}.yaml`)),
    manifest(options.kind === 'Job' ? 'job' : 'cron-job', { job: manifest('job-spec').text }),
  ]
}

type Fill = (template: string, more?: object, file?: string, folder?: string) => Manifest

// Before the role: a right is not there a moment before its limits.
function pinManifests(pin: Pin, manifest: Fill): readonly Manifest[] {
  return ['status', 'connect'].flatMap(kind => [
    manifest(`pin-${kind}`),
    manifest('pin-binding', { pin: { ...pin, policy: kind } }, `pin-${kind}-binding.yaml`),
  ])
}

/** The reaper's objects. */
export function reaperObjects(options: ReaperOptions, sources: ReaperSources): readonly object[] {
  return reaperManifests(options, sources).map(({ text }) => load(text) as object) // our templates are objects, each of them
}

function reaperView(options: ReaperOptions, sources: ReaperSources, parts: readonly Part[]) {
  const { name, sweep, settings, image, nodeImage } = options
  const rows = { ...sources.catalogue, ...settings.catalogue }
  const scope: Scope = sweep === null ? 'cluster' : 'namespace'
  return {
    ...options,
    labels: { ...labels(name), ...options.labels },
    role: {
      kind: scope === 'cluster' ? 'ClusterRole' : 'Role',
      namespace: sweep,
      ways: settings.mode === 'report' ? '' : settings.ways.join(','),
      rules: rights(settings, scope),
    },
    settings: settingsText(settings),
    optOut: optOut(rows),
    pin: pin(options, rows),
    companion: companion(rows),
    image: image ?? nodeImage,
    args: sweepArguments(options),
    program:
      image === null
        ? {
            script: fill(sources.templates, 'reaper/start.js.hbs', { sha256: programHashes(sources.program) }),
            configMaps: parts.map(({ configMap }) => configMap),
          }
        : null,
  }
}

function labels(name: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': 'sidecar-reaper',
    'app.kubernetes.io/instance': name,
    'app.kubernetes.io/version': packageJson.version,
    'app.kubernetes.io/component': 'reaper',
    'app.kubernetes.io/part-of': 'sidecar-reaper',
  }
}

function optOut(rows: CatalogueRows): { readonly labels: object; readonly annotations: object } {
  const all = Object.values(rows).flatMap(row => row.optOut ?? [])
  return {
    labels: Object.assign({}, ...all.map(({ labels }) => labels)),
    annotations: Object.assign({}, ...all.map(({ annotations }) => annotations)),
  }
}

function sweepArguments({ sweep, output }: ReaperOptions): readonly string[] {
  return [
    'sweep',
    ...(sweep === null ? ['--all-namespaces'] : ['--namespace', sweep]),
    '--settings',
    '/etc/sidecar-reaper/settings.yaml',
    ...(output === 'json' ? ['--output', 'json'] : []),
  ]
}
