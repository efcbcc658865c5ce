import { isDeepStrictEqual } from 'node:util'
import { load } from 'js-yaml'
import type { Node } from 'yaml'
import { isMapping } from '../runtime/mapping.ts'
import type { Review } from '../runtime/review.ts'
import type { Settings } from '../runtime/settings.ts'
import { decodeGeneratorConfig, type GeneratorConfig } from './config.ts'
import { generate } from './generate.ts'
import { valueAt } from './pointer.ts'
import type { ReaperOptions } from './reaper/options.ts'
import type { Templates } from './reaper/template.ts'
import { type Item, nodeOf, parseResourceList, valueOf } from './resource-list.ts'
import { type Result, resultLine } from './result.ts'

/** What the function needs beside its input. */
export interface FunctionSources {
  review(settings: Settings): Promise<Review>
  readonly templates: Templates
  /** The reaper's objects, each as a YAML text. */
  reaper(options: ReaperOptions): Promise<readonly { readonly text: string }[]>
}

export interface FunctionAnswer {
  /** The ResourceList for standard output. */
  readonly text: string
  /** For standard error, each with its line break. */
  readonly lines: readonly string[]
  readonly failed: boolean
}

/** A KRM function: the text of a ResourceList in, that of another out. Throws UsageError for input or configuration that cannot be used. */
export async function krmFunction(text: string, sources: FunctionSources): Promise<FunctionAnswer> {
  const list = parseResourceList(text, '<stdin>')
  const config = decodeGeneratorConfig(list.functionConfig)
  const review = await sources.review(config.settings)
  const templates = { ...sources.templates, ...config.templates }
  const beside = list.items.flatMap(({ value }) => (isMapping(value) ? review.beside(value) : []))
  const generated = list.items.map(item => generate(item, config, { review, beside, templates }))
  const results = generated.flatMap(one => one.results)
  const failed = results.some(one => fails(one, config))
  const reaper = config.reaper && !failed ? await sources.reaper(config.reaper) : []
  // All or nothing: what failed is given back as it came.
  const nodes = failed
    ? list.items.map(({ node }) => node)
    : withObjects(
        generated.map(({ node }) => node),
        list.items,
        reaper,
      )
  const isSame =
    results.length === 0 && nodes.length === list.items.length && nodes.every((node, index) => node === list.items[index]?.node)
  return { text: isSame ? text : list.write(nodes, results), lines: results.map(resultLine), failed }
}

const SEVERITIES = { error: ['error'], warning: ['error', 'warning'], never: [] as string[] }

function fails({ severity }: Result, { failOn }: GeneratorConfig): boolean {
  return SEVERITIES[failOn].includes(severity)
}

/** Objects of ours take the place of those of the same name, or come last. */
function withObjects(nodes: readonly Node[], items: readonly Item[], objects: readonly { readonly text: string }[]): readonly Node[] {
  const all = [...nodes]
  for (const { text } of objects) {
    const object = load(text)
    const index = items.findIndex(({ value }) => isDeepStrictEqual(identity(value), identity(object)))
    if (index < 0) all.push(nodeOf(text))
    else if (!isDeepStrictEqual(withoutAnnotations(valueOf(all[index] as Node)), withoutAnnotations(object))) all[index] = nodeOf(text)
  }
  return all
}

function identity(value: unknown): readonly unknown[] {
  const group = String(valueAt(value, ['apiVersion']))
    .split('/')
    .slice(0, -1)
  return [group, ...[['kind'], ['metadata', 'namespace'], ['metadata', 'name']].map(path => valueAt(value, path))]
}

// Kustomize keeps its own notes there.
function withoutAnnotations(value: unknown): unknown {
  const { metadata, ...rest } = value as { readonly metadata?: object } // an object of Kubernetes
  const { annotations: _annotations, ...others } = (metadata ?? {}) as { readonly annotations?: object } // likewise
  return { ...rest, metadata: others }
}
