import { type Catalogue, leanCatalogue } from '../catalogue.ts'
import { podFacts, type PodFacts, type Reads } from '../facts.ts'
import type { Pod } from '../pod.ts'
import { PolicyError } from '../policy/error.ts'
import { asking, instantiate, type PolicyFiles, readPolicy } from '../policy/load.ts'
import { readsOf } from '../policy.ts'
import type { Settings } from '../settings.ts'

/** What the policy says of one pod or template: the shape of entry point `doctor/inspected`. */
export interface Inspected {
  readonly sidecars: readonly PlainSidecar[]
  readonly stripped: readonly StrippedSidecar[]
  /** Why nobody knows who is a sidecar, or null. */
  readonly unclear: string | null
}

/** A sidecar that is not native. */
export interface PlainSidecar {
  readonly name: string
  /** Of the catalogue, or null where only an annotation or a setting knows it. */
  readonly row: string | null
  readonly title: string | null
  readonly why: string
  /** False: a webhook will add it, and whether as a native one is not to be seen in a template. */
  readonly certain: boolean
  /** False: it ends with the mains or by itself. */
  readonly needs_reaper: boolean
  readonly native: NativeSwitch
}

/** How it becomes native: by its vendor's switch, by whoever writes its container, or nobody knows. */
export type NativeSwitch =
  | {
      readonly by: 'vendor'
      readonly message: string
      readonly since: string
      readonly annotations: Readonly<Record<string, string>>
      readonly byDefault: string | null
      readonly note: string | null
    }
  | { readonly by: 'spec' | 'nobody'; readonly message: string }

export interface StrippedSidecar {
  readonly name: string
  /** What it is instead. */
  readonly how: 'init' | 'plain'
  /** Who asked for a native one, as a clause. */
  readonly asked: string
  readonly message: string
}

/** A mutating webhook that is asked of a new pod: the shape of entry point `doctor/webhooks`. */
export interface MatchingWebhook {
  readonly configuration: string
  readonly name: string
  /** It speaks only an old API. */
  readonly suspect: boolean
  /** False: it may be asked. */
  readonly certain: boolean
  readonly failurePolicy: string
  /** What speaks for or against it; may be empty. */
  readonly message: string
}

/** A webhook as the policy reads it; what is absent in the API has its default here. */
export interface WebhookFacts {
  readonly configuration: string
  readonly name: string
  readonly versions: readonly string[]
  readonly rules: readonly object[]
  readonly namespaceSelector: object
  readonly objectSelector: object
  /** How many matchConditions it has. */
  readonly conditions: number
  readonly failurePolicy: string
}

/** Whether native sidecars work: the shape of entry point `doctor/support`. */
export interface Support {
  readonly native: 'yes' | 'gated' | 'no' | 'unknown'
  readonly message: string
}

/** Whether a reaper is needed: the shape of entry point `doctor/need`. */
export interface Need {
  readonly needed: 'yes' | 'no' | 'unknown'
  readonly message: string
}

export interface Labelled {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** What is known around a pod or template. */
export interface InspectionContext {
  readonly namespace: Labelled | null
  readonly isTemplate: boolean
  /** The names of its Job's own containers, which no webhook added; null: not known. */
  readonly written: readonly string[] | null
  /** The names of its Job's native sidecars. */
  readonly natives: readonly string[]
}

export interface KubeletVersion {
  readonly node: string
  readonly version: string
  readonly minor: number
}

export interface NeedCounts {
  readonly plain: number
  readonly expected: number
  readonly unclear: number
  /** What could not be read. */
  readonly unread: readonly string[]
  readonly support: Support
}

/** The compiled rules of the doctor: values in, values out, no state. @throws {PolicyError} `evaluation` when the wasm fails */
export interface DoctorRules {
  /** The few fields of a pod or template that the rules read. @throws {TypeError} when its shape is not a pod's */
  facts(pod: Pod): PodFacts
  inspected(facts: PodFacts, context: InspectionContext): Inspected
  webhooks(
    webhooks: readonly WebhookFacts[],
    labels: Readonly<Record<string, string>>,
    namespace: Labelled | null,
  ): readonly MatchingWebhook[]
  support(kubelet: KubeletVersion | null, server: Omit<KubeletVersion, 'node'> | null): Support
  need(counts: NeedCounts): Need
}

/** The doctor's rules of these files. @throws {PolicyError} `unreadable` naming the file and what was expected */
export async function loadDoctorRules(files: PolicyFiles, settings: Settings): Promise<DoctorRules> {
  const { wasm, catalogue } = readPolicy(files, settings)
  const { catalogue: _rows, ...rules } = settings
  const data = { catalogue: leanCatalogue(catalogue, 'manifests'), settings: rules }
  const answer = asking(await instantiate(wasm, files.wasm, data, 'doctor/inspected'), 'diagnose')
  const keys = withSwitches(readsOf(catalogue, settings), catalogue)
  // The policy's tests hold the shape of what each entry point gives.
  const ask = <T>(entryPoint: string, input: object): T => {
    const found = answer(`doctor/${entryPoint}`, input)
    if (found === undefined) throw new PolicyError('evaluation', `Cannot diagnose: the policy gave no answer to ${entryPoint}`)
    return found as T
  }
  return {
    facts: pod => podFacts(pod, keys),
    inspected: ({ metadata, spec }, { namespace, isTemplate: is_template, written, natives }) =>
      ask('inspected', { pod: { metadata, spec }, namespace, is_template, written, natives }),
    webhooks: (webhooks, labels, namespace) => ask('webhooks', { webhooks, labels, namespace }),
    support: (kubelet, server) => ask('support', { kubelet, server }),
    need: counts => ask('need', counts),
  }
}

/** The keys by which vendors are asked for a native sidecar or for none, too. */
function withSwitches(reads: Reads, { rows }: Catalogue): Reads {
  const all = Object.values(rows)
  const annotations = all.flatMap(({ native, optOut, injection }) => [
    ...Object.keys(native?.annotations ?? {}),
    ...Object.keys(optOut?.annotations ?? {}),
    ...(injection?.unless.map(({ annotation }) => annotation) ?? []),
  ])
  const labels = all.flatMap(({ optOut }) => Object.keys(optOut?.labels ?? {}))
  return { ...reads, annotations: new Set([...reads.annotations, ...annotations]), labels: new Set([...reads.labels, ...labels]) }
}
