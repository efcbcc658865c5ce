import type { Node } from 'yaml'
import type { Finding, Path, Review, Template } from '../runtime/review.ts'
import type { GeneratorConfig } from './config.ts'
import { annotate } from './patch/annotate.ts'
import { applyPatch } from './patch/apply.ts'
import type { Change } from './patch/change.ts'
import { flags } from './patch/flags.ts'
import { native, nativeSwitch } from './patch/native.ts'
import { tombstone } from './patch/tombstone.ts'
import { valueAt } from './pointer.ts'
import { fill, type Templates } from './reaper/template.ts'
import { copyOf, type Item, valueOf } from './resource-list.ts'
import { type Result, result, type Said } from './result.ts'

/** What the function gives back of one item. */
export interface Generated {
  readonly node: Node
  readonly results: readonly Result[]
}

interface GenerateOptions {
  readonly review: Review
  /** The parts of the other items that count in the findings on this one. Default: none. */
  readonly beside?: readonly object[]
  readonly templates: Templates
}

/** An item with the patches that are asked for, and what there is to say of it. Every patch asks the review anew, so a second run finds nothing to do. */
export function generate(item: Item, config: GeneratorConfig, { review, beside = [], templates }: GenerateOptions): Generated {
  if (isLocal(item.value) || typeof item.value !== 'object' || item.value === null) return { node: item.node, results: [] }
  const said: Said[] = []
  let { value, node }: { value: object; node: Node } = { value: item.value, node: item.node }
  for (const step of steps(config)) {
    for (const template of review.templates(value)) {
      const change = template.refused === null && !template.ignored ? step(template, value) : undefined
      if (change === undefined) continue
      const asItCame = (message: string, path: Path): Generated => {
        const refusal: Said = { severity: 'error', message: `${template.owner} ${template.name}: ${message}`, path }
        return { node: item.node, results: [...said, refusal].map(one => result(item.value, one)) }
      }
      const copy = copyOf(node)
      if (copy === undefined) return asItCame('write out its YAML aliases, which no patch can follow', template.path)
      applyPatch(copy, fill(templates, change.template, change.view))
      const at = [...template.metadata, 'annotations']
      const size = sizeOf(valueAt(valueOf(copy), at))
      if (size > MAX_ANNOTATIONS && size > sizeOf(valueAt(value, at)))
        return asItCame(`its annotations would be ${size} bytes long, and the API server takes ${MAX_ANNOTATIONS}: shorten them`, at)
      node = copy
      value = valueOf(copy) as object // a patched mapping is a mapping
      said.push(...change.remarks)
    }
  }
  said.push(...review.findings(value, beside).map(saidOf))
  return { node, results: said.map(one => result(item.value, one)) }
}

/** Of all keys and values of one object (k8s.io/apimachinery pkg/api/validation/objectmeta.go, TotalAnnotationSizeLimitB). */
const MAX_ANNOTATIONS = 256 * 1024

function sizeOf(annotations: unknown): number {
  const entries = typeof annotations === 'object' && annotations !== null ? Object.entries(annotations) : []
  return entries.reduce((size, [key, value]) => size + Buffer.byteLength(`${key}${String(value)}`), 0)
}

type Step = (template: Template, manifest: unknown) => Change | undefined

/** Options of the sidecars first, then what needs no reaper, then the reaper's annotation for those that are left. */
function steps(config: GeneratorConfig): readonly Step[] {
  const { flags: flagged, native: asked, tombstone: wrapped, annotate: annotated } = config
  return [
    ...(flagged ? ([(template, manifest) => flags(template, manifest, flagged)] satisfies Step[]) : []),
    ...(asked ? [native, nativeSwitch] : []),
    ...(wrapped ? ([(template, manifest) => tombstone(template, manifest, wrapped)] satisfies Step[]) : []),
    ...(annotated ? ([(template, manifest) => annotate(template, manifest, annotated)] satisfies Step[]) : []),
  ]
}

function saidOf({ severity, message, path, rule, docs, fix, exception }: Finding): Said {
  if (exception === undefined) return { severity, message: `${message}; ${fix.text}`, path, tags: { rule, docs } }
  const { reason, until } = exception
  return {
    severity: 'info',
    message: `${message}; excepted${until === null ? '' : ` until ${until}`}: ${reason}`,
    path,
    tags: { rule, docs },
  }
}

function isLocal(value: unknown): boolean {
  return valueAt(value, ['metadata', 'annotations', 'config.kubernetes.io/local-config']) === 'true'
}
