import { load } from 'js-yaml'
import * as z from 'zod/mini'
import { problems } from '../runtime/settings/problems.ts'
import { defaultSettings, type Settings } from '../runtime/settings.ts'
import { decodeSettings } from '../runtime/settings/decode.ts'
import { settingsSchema } from '../runtime/settings/schema.ts'
import { UsageError } from '../runtime/usage.ts'
import { decodeReaperOptions, type ReaperOptions, reaperSchema } from './reaper/options.ts'
import { isMapping, type Mapping } from '../runtime/mapping.ts'

const GROUP = 'sidecar-reaper.dev'
const VERSION = `${GROUP}/v1alpha1`
const KIND = 'SidecarReaper'

/** The kubelets that know native sidecars without a feature gate (KEP-753). */
const NATIVE_SINCE = 29

const annotateOptions = z.strictObject({
  exits: z
    ._default(z.boolean(), true)
    .check(describe('Write the exit codes that are known whatever the options of the sidecar into sidecar-reaper/containers.')),
})

const nativeOptions = z.strictObject({
  minKubeletVersion: z.string('a version in quotes such as "1.33"').check(
    z.refine(text => isNativeVersion(text), 'the oldest kubelet of the cluster, "1.29" or newer: older ones know no native sidecars'),
    describe('The oldest kubelet that these manifests meet.'),
  ),
})

const WAYS = ['exec', 'http', 'signal'] as const
const flagsOptions = z.strictObject({
  ways: z._default(z.array(z.enum(WAYS)).check(z.minLength(1)), [...WAYS]).check(describe('The ways that are to end with 0.')),
})

const tombstoneOptions = z.strictObject({
  image: z
    .string('an image with a static /bin/busybox such as busybox:1.37-musl')
    .check(z.regex(/^\S+$/, 'an image'), describe('An image with a statically linked /bin/busybox.')),
})

/** What the function is asked to do: every key with what it means. Without a patch and without the reaper it only reviews. */
const specSchema = z
  .strictObject({
    annotate: z.optional(annotateOptions).check(describe('Name the sidecars on every pod template that has some.')),
    native: z.optional(nativeOptions).check(describe('Make them native sidecars, by hand or by their vendor.')),
    flags: z.optional(flagsOptions).check(describe("Switch on the sidecar's own clean exit.")),
    tombstone: z
      .optional(tombstoneOptions)
      .check(describe('Let them end with the mains, with no reaper: a script around every container.')),
    failOn: z._default(z.enum(['error', 'warning', 'never']), 'error').check(describe('From which severity on a finding fails the build.')),
    settings: z.optional(settingsSchema).check(describe('The settings of the reaper in the cluster: they count for the review too.')),
    templates: z
      ._default(z.record(z.string(), z.string()), {})
      .check(describe('Texts in place of those in templates/patch, by name: annotate, native, native-switch, flags, tombstone.')),
    reaper: z.optional(reaperSchema).check(describe('Render the reaper itself.')),
  })
  .check(z.meta({ title: 'What sidecar-reaper does in a build' }))

/** `true` stands for all defaults. */
function orSwitch<T extends z.core.$ZodType>(options: T) {
  return z.union([z.boolean(), options])
}

/** The whole functionConfig, as its published JSON Schema has it. */
export const functionConfigSchema = z
  .object({
    apiVersion: z.literal(VERSION),
    kind: z.literal(KIND),
    metadata: z.optional(z.looseObject({ name: z.optional(z.string()) })),
    spec: z.optional(
      z.strictObject({ ...specSchema.shape, annotate: orSwitch(specSchema.shape.annotate), flags: orSwitch(specSchema.shape.flags) }),
    ),
  })
  .check(z.meta({ title: 'functionConfig of sidecar-reaper' }))

/** A functionConfig, decoded; what is undefined is not asked for. */
export interface GeneratorConfig {
  readonly annotate: { readonly exits: boolean } | undefined
  readonly native: { readonly minKubeletVersion: string } | undefined
  readonly flags: { readonly ways: readonly (typeof WAYS)[number][] } | undefined
  readonly tombstone: { readonly image: string } | undefined
  readonly failOn: 'error' | 'warning' | 'never'
  readonly settings: Settings
  readonly templates: Readonly<Record<string, string>>
  readonly reaper: ReaperOptions | undefined
}

/** A functionConfig of our kind, or a ConfigMap whose data has the keys of its spec as YAML texts. Throws UsageError with every mistake at once. */
export function decodeGeneratorConfig(functionConfig: unknown): GeneratorConfig {
  const { name, spec } = specOf(functionConfig)
  const { settings, reaper, ...given } = spec
  const own = withoutSwitches(given)
  const parsed = specSchema.safeParse(own)
  const mistakes = [
    ...(parsed.success ? [] : problems(own, parsed.error.issues, Object.keys(specSchema.shape)).map(problem => `${name}: ${problem}`)),
    ...mistakesOf(() => settings !== undefined && decodeSettings(settings, `${name}.settings`)),
    ...mistakesOf(() => reaper !== undefined && decodeReaperOptions(reaper, `${name}.reaper`)),
  ]
  if (!parsed.success || mistakes.length > 0) throw new UsageError(mistakes)
  const { annotate, native, flags, tombstone, failOn, templates } = parsed.data
  return {
    annotate,
    native,
    flags,
    tombstone,
    failOn,
    templates: Object.fromEntries(Object.entries(templates).map(([template, text]) => [`patch/${template}.yaml.hbs`, text])),
    settings: settings === undefined ? defaultSettings() : decodeSettings(settings, `${name}.settings`),
    reaper: reaper === undefined ? undefined : decodeReaperOptions(reaper, `${name}.reaper`),
  }
}

function specOf(config: unknown): { readonly name: string; readonly spec: Mapping } {
  if (config === undefined || config === null) return { name: 'functionConfig.spec', spec: {} }
  const { apiVersion, kind, spec = {}, data = {} } = isMapping(config) ? config : {}
  if (kind === 'ConfigMap' && apiVersion === 'v1') return { name: 'functionConfig.data', spec: parsedData(data) }
  if (kind !== KIND || typeof apiVersion !== 'string' || !apiVersion.startsWith(`${GROUP}/`))
    throw new UsageError(`functionConfig: got ${what(apiVersion, kind)}, expected ${VERSION} ${KIND} or v1 ConfigMap`)
  if (apiVersion !== VERSION) throw new UsageError(`functionConfig.apiVersion: got ${apiVersion}, expected ${VERSION}`)
  if (!isMapping(spec)) throw new UsageError('functionConfig.spec: got something else, expected a mapping')
  return { name: 'functionConfig.spec', spec }
}

function parsedData(data: unknown): Mapping {
  if (!isMapping(data)) throw new UsageError('functionConfig.data: got something else, expected a mapping')
  return Object.fromEntries(
    Object.entries(data).map(([key, text]) => {
      try {
        return [key, typeof text === 'string' ? load(text) : text]
      } catch (cause) {
        throw new UsageError(`functionConfig.data.${key}: is not YAML: ${cause instanceof Error ? cause.message.split('\n')[0] : ''}`, {
          cause,
        })
      }
    }),
  )
}

function what(apiVersion: unknown, kind: unknown): string {
  return typeof kind === 'string' ? `${String(apiVersion)} ${kind}` : 'something without a kind'
}

function withoutSwitches(spec: Mapping): Mapping {
  const entries = Object.entries(spec).filter(([key, value]) => !(SWITCHES.has(key) && value === false))
  return Object.fromEntries(entries.map(([key, value]) => [key, SWITCHES.has(key) && value === true ? {} : value]))
}

const SWITCHES = new Set(['annotate', 'flags'])

function mistakesOf(decode: () => unknown): readonly string[] {
  try {
    decode()
    return []
  } catch (error) {
    if (error instanceof UsageError) return error.problems
    throw error
  }
}

function isNativeVersion(text: string): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)(\.\d+)?$/.exec(text) ?? []
  return Number(major) > 1 || (Number(major) === 1 && Number(minor) >= NATIVE_SINCE)
}

function describe(description: string) {
  return z.meta({ description })
}
