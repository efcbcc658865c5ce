import type { LabelSelector, WebhookConfiguration, WebhookRule } from '../webhook.ts'
import type { WebhookFacts } from './rules.ts'

/** What the rules read of mutating webhooks, with the API's defaults; nothing of where and how they are called. */
export function webhookFacts(configurations: readonly WebhookConfiguration[]): readonly WebhookFacts[] {
  return configurations.flatMap(({ metadata, webhooks }) =>
    (webhooks ?? []).map(webhook => ({
      configuration: metadata?.name ?? '',
      name: webhook.name ?? '',
      versions: webhook.admissionReviewVersions ?? [],
      rules: (webhook.rules ?? []).map(rule),
      namespaceSelector: selector(webhook.namespaceSelector),
      objectSelector: selector(webhook.objectSelector),
      conditions: webhook.matchConditions?.length ?? 0,
      failurePolicy: webhook.failurePolicy ?? 'Fail',
    })),
  )
}

function rule({ apiGroups = [], apiVersions = [], operations = [], resources = [], scope = '*' }: WebhookRule): Required<WebhookRule> {
  return { apiGroups, apiVersions, operations, resources, scope }
}

function selector({ matchLabels = {}, matchExpressions = [] }: LabelSelector = {}): Required<LabelSelector> {
  return { matchLabels, matchExpressions }
}
