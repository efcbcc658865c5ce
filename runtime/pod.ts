/**
 * A pod as the API server sends it, cut to the fields that anything here reads. It is untrusted input: every field
 * may be absent. Times are RFC 3339 text.
 */
export interface Pod {
  readonly metadata?: PodMetadata
  readonly spec?: PodSpec
  readonly status?: PodStatus
}

export interface PodMetadata {
  readonly name?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly deletionTimestamp?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
  readonly ownerReferences?: readonly OwnerReference[]
}

export interface OwnerReference {
  readonly apiVersion?: string
  readonly kind?: string
  readonly name?: string
  readonly uid?: string
  readonly controller?: boolean
}

export interface PodSpec {
  readonly nodeName?: string
  readonly restartPolicy?: string
  readonly terminationGracePeriodSeconds?: number
  readonly hostPID?: boolean
  readonly hostNetwork?: boolean
  readonly shareProcessNamespace?: boolean
  readonly initContainers?: readonly Container[]
  readonly containers?: readonly Container[]
}

export interface Container {
  readonly name?: string
  readonly image?: string
  readonly command?: readonly string[]
  readonly args?: readonly string[]
  readonly env?: readonly { readonly name?: string; readonly value?: string }[]
  readonly envFrom?: readonly object[]
  readonly livenessProbe?: { readonly periodSeconds?: number; readonly failureThreshold?: number }
  readonly restartPolicy?: string
  readonly restartPolicyRules?: readonly RestartRule[]
  readonly lifecycle?: { readonly stopSignal?: string }
}

/** KEP-5307: a container's own rule for restarting, by exit code. */
export interface RestartRule {
  readonly action?: string
  readonly exitCodes?: { readonly operator?: string; readonly values?: readonly number[] }
}

export interface PodStatus {
  readonly phase?: string
  readonly reason?: string
  readonly conditions?: readonly { readonly type?: string; readonly status?: string; readonly lastTransitionTime?: string }[]
  readonly initContainerStatuses?: readonly ContainerStatus[]
  readonly containerStatuses?: readonly ContainerStatus[]
}

export interface ContainerStatus {
  readonly name?: string
  readonly containerID?: string
  readonly restartCount?: number
  readonly state?: ContainerState
  readonly lastState?: ContainerState
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string }
  readonly running?: { readonly startedAt?: string }
  readonly terminated?: {
    readonly exitCode?: number
    readonly reason?: string
    readonly startedAt?: string
    readonly finishedAt?: string
    readonly containerID?: string
  }
}
