import type { ReaperOptions } from '../generator/reaper/options.ts'
import packageJson from '../package.json' with { type: 'json' }
import { parseArguments, usage } from './config/arguments.ts'
import type { DoctorConfig } from './config/doctor.ts'
import type { ReportTarget } from './config/review.ts'
import type { Invocation } from './config/program.ts'
import type { Selection } from './review/file-review.ts'
import type { Settings } from './settings.ts'

/** One command with everything it needs; frozen. */
export type Config =
  | PrintConfig
  | SweepConfig
  | ExplainConfig
  | DoctorConfig
  | ReviewConfig
  | ExpectConfig
  | CatalogueConfig
  | RenderConfig
  | FnConfig
  | VersionConfig
  | CompletionConfig

/** Print a text, such as help, and nothing else. */
export interface PrintConfig {
  readonly command: 'print'
  readonly text: string
}

export interface ClusterConfig {
  /** Where the client looks for a cluster: in this file, or else where the environment points, as kubectl does. */
  readonly access: { readonly kubeconfig: string | undefined; readonly context: string | undefined; readonly env: Surroundings['env'] }
}

export interface SweepConfig extends ClusterConfig {
  readonly command: 'sweep'
  readonly scope: { readonly kind: 'all' } | { readonly kind: 'current' } | { readonly kind: 'namespace'; readonly namespace: string }
  readonly selector: string | undefined
  readonly dryRun: boolean
  readonly failOnRefused: boolean
  readonly settings: Settings
  readonly output: OutputConfig
}

export interface ExplainConfig extends ClusterConfig {
  readonly command: 'explain'
  readonly source:
    | { readonly kind: 'file'; readonly path: string }
    | { readonly kind: 'pod'; readonly name: string; readonly namespace: string | undefined }
  readonly settings: Settings
  readonly output: OutputConfig
}

export interface ReviewConfig extends ClusterConfig {
  readonly command: 'review'
  readonly paths: readonly string[]
  /** Review what lives here instead of files. */
  readonly scope: SweepConfig['scope'] | undefined
  /** Patterns of paths to leave out, as .gitignore writes them. */
  readonly ignore: readonly string[]
  readonly selection: Selection
  /** Mend in the files, or only show how. */
  readonly fix: 'no' | 'write' | 'diff'
  readonly toFix: Selection
  readonly failOnWarn: boolean
  /** Files of other policies that judge too. */
  readonly policies: readonly string[]
  readonly reports: readonly ReportTarget[]
  readonly settings: Settings
  readonly output: OutputConfig
}

/** What --expect asks for, of explain or of review. */
export interface ExpectConfig {
  readonly command: 'expect'
  /** Files and folders with expectations. */
  readonly paths: readonly string[]
  readonly reports: readonly { readonly format: 'text' | 'json' | 'junit'; readonly file: string | undefined }[]
  readonly settings: Settings
  readonly output: OutputConfig
}

export interface CatalogueConfig {
  readonly command: 'catalogue'
  readonly name: string | undefined
  readonly settings: Settings
  readonly output: OutputConfig
}

export interface RenderConfig {
  readonly command: 'render'
  readonly reaper: ReaperOptions
  readonly format: 'yaml' | 'json'
}

/** All that the function does is in the input. */
export interface FnConfig {
  readonly command: 'fn'
}

export interface VersionConfig {
  readonly command: 'version'
  readonly output: OutputConfig
}

export interface CompletionConfig {
  readonly command: 'completion'
  readonly shell: 'bash' | 'zsh' | 'fish'
}

export interface OutputConfig {
  readonly format: 'text' | 'json'
  /** Colour on standard output. */
  readonly color: boolean
  /** A line on standard error that says how far we are. */
  readonly progress: boolean
}

/** What surrounds the process, as far as it decides anything. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: { readonly isTTY?: boolean; readonly columns?: number }
  readonly stderr: { readonly isTTY?: boolean }
}

export const VERSION = packageJson.version

/** What the command line asks for, with the settings file read, unless the signal comes first. Throws UsageError for whatever cannot be used. */
export async function readConfig(argv: readonly string[], surroundings: Surroundings = process, signal?: AbortSignal): Promise<Config> {
  const { stdout } = surroundings
  const parsed = parseArguments(argv, { version: VERSION, columns: stdout.columns })
  return Object.freeze(
    parsed.kind === 'text' ? { command: 'print', text: parsed.text } : await commandConfig(parsed.invocation, surroundings, signal),
  )
}

/** Whether errors are to show where they come from. */
export function isDebugging(env: Surroundings['env'] = process.env): boolean {
  return env.SIDECAR_REAPER_DEBUG === '1'
}

async function commandConfig(invocation: Invocation, surroundings: Surroundings, signal: AbortSignal | undefined): Promise<Config> {
  const options = invocation.options as Options // the program declares these, with no other types
  const [first] = invocation.arguments
  const output = outputConfig(options, surroundings)
  switch (invocation.command) {
    case 'sweep': {
      const scope = scopeOf(options, 'sweep')
      return {
        command: 'sweep',
        scope,
        ...clusterConfig(options, surroundings),
        selector: options.selector,
        dryRun: options.dryRun === true,
        failOnRefused: options.failOn === 'refused',
        settings: await settings(options, signal),
        output,
      }
    }
    case 'explain': {
      if (options.expect !== undefined) {
        const { explainExpect } = await import('./config/expect.ts')
        return { command: 'expect', ...explainExpect(invocation), settings: await settings(options, signal), output }
      }
      const source = explainSource(first, options)
      return { command: 'explain', source, ...clusterConfig(options, surroundings), settings: await settings(options, signal), output }
    }
    case 'doctor': {
      const { askedUser } = await import('./config/doctor.ts')
      const scope = scopeOf(options, 'doctor')
      const as = askedUser(invocation.options)
      return { command: 'doctor', scope, as, ...clusterConfig(options, surroundings), settings: await settings(options, signal), output }
    }
    case 'review': {
      if (options.expect !== undefined) {
        const { reviewExpect } = await import('./config/expect.ts')
        return {
          command: 'expect',
          ...reviewExpect(invocation),
          settings: await settings(options, signal),
          output: outputConfig({}, surroundings),
        }
      }
      const { reviewOptions } = await import('./config/review.ts')
      return {
        command: 'review',
        paths: invocation.arguments,
        scope: options.allNamespaces || options.namespace !== undefined ? scopeOf(options, 'review') : undefined,
        ...clusterConfig(options, surroundings),
        ...reviewOptions(invocation.options, invocation.arguments),
        settings: await settings(options, signal),
        output: outputConfig({}, surroundings),
      }
    }
    case 'catalogue':
      return { command: 'catalogue', name: first, settings: await settings(options, signal), output }
    case 'render': {
      const { renderOptions } = await import('./config/render.ts')
      const format = invocation.options['output'] === 'json' ? 'json' : 'yaml'
      return { command: 'render', reaper: await renderOptions(invocation.options, signal), format }
    }
    case 'fn':
      return { command: 'fn' }
    case 'version':
      return { command: 'version', output }
    default:
      return { command: 'completion', shell: first as CompletionConfig['shell'] } // one of the argument's choices
  }
}

interface Options {
  readonly namespace?: string
  readonly allNamespaces?: boolean
  readonly selector?: string
  readonly kubeconfig?: string
  readonly context?: string
  readonly dryRun?: boolean
  readonly failOn?: string
  readonly filename?: string
  readonly expect?: readonly string[]
  readonly settings?: string
  readonly output?: 'text' | 'json'
}

function scopeOf({ namespace, allNamespaces }: Options, command: string): SweepConfig['scope'] {
  if (allNamespaces && namespace !== undefined) throw usage('-n names one namespace and -A asks for all: use one of them', command)
  if (allNamespaces) return { kind: 'all' }
  return namespace === undefined ? { kind: 'current' } : { kind: 'namespace', namespace: namespaceName(namespace, command) }
}

function explainSource(pod: string | undefined, { filename, namespace }: Options): ExplainConfig['source'] {
  if (pod !== undefined && filename !== undefined)
    throw usage('POD is read from the cluster and -f from a file: use one of them', 'explain')
  if (filename !== undefined) return { kind: 'file', path: filename }
  if (pod === undefined) throw usage('name a POD, or a file with -f', 'explain')
  const name = pod.replace(/^(po|pod|pods)\//, '')
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name))
    throw usage(`${JSON.stringify(name)} is not a pod's name: lower-case letters, digits, - and .`, 'explain')
  return { kind: 'pod', name, namespace: namespace === undefined ? undefined : namespaceName(namespace, 'explain') }
}

// An empty name would ask the API server for all namespaces.
function namespaceName(name: string, command: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(name)) return name
  throw usage(`-n ${JSON.stringify(name)} is not a namespace's name: lower-case letters, digits and -`, command)
}

function clusterConfig({ kubeconfig, context }: Options, { env }: Surroundings): ClusterConfig {
  return { access: { kubeconfig, context, env } }
}

function outputConfig({ output = 'text' }: Options, { env, stdout, stderr }: Surroundings): OutputConfig {
  const isPlain = Boolean(env.NO_COLOR) || env.TERM === 'dumb'
  return Object.freeze({ format: output, color: stdout.isTTY === true && !isPlain, progress: stderr.isTTY === true && env.TERM !== 'dumb' })
}

// A settings file brings the YAML reader with it, which the defaults can do without.
async function settings({ settings: path }: Options, signal: AbortSignal | undefined): Promise<Settings> {
  if (path === undefined) return (await import('./settings.ts')).defaultSettings()
  return (await import('./settings/file.ts')).readSettings(path, signal)
}
