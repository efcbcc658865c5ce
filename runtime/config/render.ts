import { decodeReaperOptions, type ReaperOptions } from '../../generator/reaper/options.ts'
import { documents, fileName, readText } from '../documents.ts'
import { decodeSettings } from '../settings/decode.ts'
import { UsageError } from '../usage.ts'
import { isMapping, type Mapping } from '../mapping.ts'

/** The flags of `render` that say what to render; whatever is not given is as the file has it. */
export interface RenderFlags {
  readonly config?: string
  readonly settings?: string
  readonly namespace?: string
  readonly sweep?: string
  readonly schedule?: string
  readonly image?: string
  readonly mode?: string
  readonly ways?: string
  readonly pin?: boolean
  readonly companions?: string
}

const MAX_BYTES = 1024 * 1024

/** The reaper to render: the flags over the settings file over the file of options. Throws UsageError with every mistake of the first that has one. */
export async function renderOptions(flags: RenderFlags, signal: AbortSignal | undefined): Promise<ReaperOptions> {
  const config = await mapping(flags.config, signal)
  const given = reaperOf(config)
  if (flags.config !== undefined) decodeReaperOptions(given, fileName(flags.config))
  const settings = await mapping(flags.settings, signal)
  if (flags.settings !== undefined) decodeSettings(settings, fileName(flags.settings))
  const { namespace, sweep, schedule, image, mode, pin } = flags
  return decodeReaperOptions(
    {
      ...given,
      ...defined({ namespace, sweep, schedule, image, companions: list(flags.companions) }),
      ...(pin === false ? { pin } : {}),
      settings: { ...(isMapping(given['settings']) ? given['settings'] : {}), ...settings, ...defined({ mode, ways: list(flags.ways) }) },
    },
    'error',
  )
}

/** The function's own configuration is taken too: of that what it says of the reaper. */
function reaperOf(config: Mapping): Mapping {
  if (config['kind'] === undefined || !('apiVersion' in config)) return config
  const { reaper } = isMapping(config['spec']) ? config['spec'] : config
  return isMapping(reaper) ? reaper : {}
}

async function mapping(path: string | undefined, signal: AbortSignal | undefined): Promise<Mapping> {
  if (path === undefined) return {}
  const name = fileName(path)
  const found = documents(await readText(path, { maxBytes: MAX_BYTES, ...(signal && { signal }) }), { name })
  if (found.length > 1) throw new UsageError(`${name}: holds ${found.length} documents, expected one`)
  const value = found[0] ?? {}
  if (isMapping(value)) return value
  throw new UsageError(`${name}: got ${Array.isArray(value) ? 'a list' : 'a text'}, expected a mapping`)
}

function list(text: string | undefined): readonly string[] | undefined {
  return text === undefined
    ? undefined
    : text
        .split(',')
        .map(word => word.trim())
        .filter(word => word !== '')
}

function defined(values: Mapping): Mapping {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
