import type { Cluster, NodeState, Scope } from '../cluster.ts'
import type { Landscape } from '../sweep/judge.ts'
import { attempt, type Gaps } from './gaps.ts'
import type { WebhookConfiguration } from '../webhook.ts'
import type { Labelled, WebhookFacts } from './rules.ts'
import { webhookFacts } from './webhook-facts.ts'

/** What is known around the pods in scope; null where it could not be read. */
export interface Around {
  readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>> | null
  readonly nodes: ReadonlyMap<string, NodeState> | null
  readonly server: string | null
  readonly webhooks: readonly WebhookFacts[] | null
}

/** Reads it, each part by itself; what cannot be read is a gap. */
export async function readAround(cluster: Cluster, scope: Scope, gaps: Gaps, signal: AbortSignal): Promise<Around> {
  const [namespaces, nodes, server, configurations] = await Promise.all([
    attempt(cluster.namespaceLabels(scope, signal)),
    attempt(cluster.nodes(signal)),
    attempt(cluster.serverVersion(signal)),
    attempt(configurationsOf(cluster, signal)),
  ])
  // In this order, whichever answered first.
  return {
    namespaces: gaps.valueOf('Labels of namespaces are not known', namespaces),
    nodes: gaps.valueOf('The versions of the kubelets are not known', nodes),
    server: gaps.valueOf('The version of the API server is not known', server),
    webhooks: webhookFactsOf(gaps.valueOf('Which webhooks are asked of new pods is not known', configurations)),
  }
}

async function configurationsOf(cluster: Cluster, signal: AbortSignal): Promise<readonly WebhookConfiguration[]> {
  const all: WebhookConfiguration[] = []
  for await (const { items, restart } of cluster.objectPages(WEBHOOKS, {}, signal)) {
    if (restart) all.length = 0
    all.push(...items)
  }
  return all
}

const WEBHOOKS = { group: 'admissionregistration.k8s.io', version: 'v1', resource: 'mutatingwebhookconfigurations' } as const

function webhookFactsOf(configurations: readonly WebhookConfiguration[] | null): Around['webhooks'] {
  return configurations && webhookFacts(configurations)
}

/** As a sweep knows it. */
export function landscapeOf({ namespaces, nodes }: Around): Landscape {
  return { namespaces, nodes: nodes && new Map([...nodes].map(([name, { isReady }]) => [name, isReady])) }
}

export function namespaceOf({ namespaces }: Around, name: string): Labelled | null {
  const labels = namespaces?.get(name)
  return labels === undefined ? null : { name, labels }
}
