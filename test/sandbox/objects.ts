export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json }

export type OwnerReference = {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

/** What a manifest says about itself; the server adds the rest. */
export type ManifestMetadata = {
  readonly name?: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly deletionGracePeriodSeconds?: number
}

export type Metadata = ManifestMetadata & {
  readonly name: string
  readonly uid: string
  readonly resourceVersion: string
  readonly creationTimestamp: string
}

/** What all stored objects have in common. */
export type KubeObject = { readonly metadata: Metadata; readonly spec?: object; readonly status?: object }
export type Manifest<T extends KubeObject> = Omit<T, 'metadata'> & {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ManifestMetadata
}

export type ContainerSpec = {
  readonly name: string
  readonly image?: string
  readonly restartPolicy?: string
  readonly lifecycle?: { readonly preStop?: object; readonly stopSignal?: string }
  readonly [field: string]: unknown
}

export type PodSpec = {
  readonly containers: readonly ContainerSpec[]
  readonly initContainers?: readonly ContainerSpec[]
  readonly restartPolicy?: 'Always' | 'OnFailure' | 'Never'
  readonly nodeName?: string
  readonly terminationGracePeriodSeconds?: number
  readonly shareProcessNamespace?: boolean
  readonly hostPID?: boolean
  readonly [field: string]: unknown
}

export type Terminated = {
  readonly exitCode: number
  readonly reason: string
  readonly message?: string
  readonly startedAt?: string
  readonly finishedAt?: string
  readonly containerID?: string
}

export type ContainerState = {
  readonly waiting?: { readonly reason: string; readonly message?: string }
  readonly running?: { readonly startedAt: string }
  readonly terminated?: Terminated
}

export type ContainerStatus = {
  readonly name: string
  readonly state: ContainerState
  readonly lastState: ContainerState
  readonly ready: boolean
  readonly started?: boolean
  readonly restartCount: number
  readonly image: string
  readonly imageID: string
  readonly containerID?: string
}

export type Condition = {
  readonly type: string
  readonly status: string
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: string
}

export type Phase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'

export type PodStatus = {
  readonly phase?: Phase
  readonly conditions?: readonly Condition[]
  readonly containerStatuses?: readonly ContainerStatus[]
  readonly initContainerStatuses?: readonly ContainerStatus[]
  readonly [field: string]: unknown
}

export type Pod = KubeObject & { readonly spec: PodSpec; readonly status: PodStatus }
export type PodManifest = Manifest<KubeObject & { readonly spec: PodSpec; readonly status?: PodStatus }>

export type JobSpec = {
  readonly template: { readonly metadata?: ManifestMetadata; readonly spec: PodSpec }
  readonly backoffLimit?: number
  readonly completions?: number
  readonly parallelism?: number
  readonly [field: string]: unknown
}

export type JobStatus = {
  readonly active?: number
  readonly succeeded?: number
  readonly failed?: number
  readonly startTime?: string
  readonly completionTime?: string
  readonly conditions?: readonly Condition[]
}

export type Job = KubeObject & { readonly spec: JobSpec; readonly status: JobStatus }
export type JobManifest = Manifest<KubeObject & { readonly spec: JobSpec; readonly status?: JobStatus }>

/** A node as the sandbox needs it: whether its kubelet hears anything. */
export type Node = KubeObject & { readonly status: { readonly conditions: readonly Condition[] } }

/** Where an object is kept: `namespace/name`, or the name alone at the cluster's scope. */
export function keyOf(metadata: Pick<ManifestMetadata, 'namespace' | 'name'>): string {
  return metadata.namespace === undefined ? `${metadata.name}` : `${metadata.namespace}/${metadata.name}`
}

/** A time as the API writes it: RFC 3339, whole seconds, UTC. */
export function apiTime(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z')
}

/** Whether a phase is one that a pod never leaves. */
export function isTerminal(phase: string | undefined): boolean {
  return phase === 'Succeeded' || phase === 'Failed'
}
