/** A configuration of mutating webhooks as the API server sends it, cut to the fields that anything here reads. */
export interface WebhookConfiguration {
  readonly metadata?: { readonly name?: string }
  readonly webhooks?: readonly {
    readonly name?: string
    readonly admissionReviewVersions?: readonly string[]
    readonly rules?: readonly WebhookRule[]
    readonly namespaceSelector?: LabelSelector
    readonly objectSelector?: LabelSelector
    readonly matchConditions?: readonly object[]
    readonly failurePolicy?: string
  }[]
}

export interface WebhookRule {
  readonly apiGroups?: readonly string[]
  readonly apiVersions?: readonly string[]
  readonly operations?: readonly string[]
  readonly resources?: readonly string[]
  readonly scope?: string
}

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly { readonly key?: string; readonly operator?: string; readonly values?: readonly string[] }[]
}
