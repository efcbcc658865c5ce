import { readdir, readFile } from 'node:fs/promises'
import { load } from 'js-yaml'
import type { Pod } from '../../runtime/pod.ts'
import type { Surroundings } from '../../runtime/policy.ts'
import type { Settings } from '../../runtime/settings.ts'
import { decodeSettings } from '../../runtime/settings/decode.ts'

/** One of policies/samples: a pod as kubectl shows it, what is around it, and the verdict that it gets. */
export interface Sample {
  readonly name: string
  readonly about: string
  readonly now: Date
  readonly settings: Settings
  readonly surroundings: Surroundings
  readonly pod: Pod
  readonly expect: Readonly<Record<string, unknown>>
}

const FOLDER = new URL('../../policies/samples/', import.meta.url)

/** Every sample, by name. */
export async function samples(): Promise<Sample[]> {
  const files = (await readdir(FOLDER)).toSorted()
  return Promise.all(files.map(sample))
}

async function sample(file: string): Promise<Sample> {
  const [[name, written] = [], ...others] = Object.entries(load(await readFile(new URL(file, FOLDER), 'utf8')) as Record<string, Written>) // the Rego tests read the same files
  if (!name || !written || others.length > 0 || `${name}.yaml` !== file)
    throw new Error(`${file}: expected one sample, named like its file`)
  const { about, now, settings = {}, namespace, node, pod, expect } = written
  return { name, about, now: new Date(now), settings: decodeSettings(settings, file), surroundings: { namespace, node }, pod, expect }
}

interface Written extends Surroundings {
  readonly about: string
  readonly now: string
  readonly settings?: object
  readonly pod: Pod
  readonly expect: Readonly<Record<string, unknown>>
}

/** Keys of a pod's times. */
const TIME = /(At|Timestamp|Time)$/

/** The whole pod with the facts' one conversion: every time as seconds since the epoch. */
export function withSeconds<T>(value: T, key = ''): unknown {
  if (typeof value === 'string') return TIME.test(key) ? Date.parse(value) / 1000 : value
  if (Array.isArray(value)) return value.map(entry => withSeconds(entry))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, withSeconds(entry, name)]))
}
