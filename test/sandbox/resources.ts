/** A kind of object that the sandbox serves. */
export type Resource = {
  readonly plural: string
  readonly kind: string
  readonly group: string
  readonly version: string
  readonly isNamespaced: boolean
}

export const podResource: Resource = { plural: 'pods', kind: 'Pod', group: '', version: 'v1', isNamespaced: true }
export const jobResource: Resource = { plural: 'jobs', kind: 'Job', group: 'batch', version: 'v1', isNamespaced: true }
export const cronJobResource: Resource = { plural: 'cronjobs', kind: 'CronJob', group: 'batch', version: 'v1', isNamespaced: true }
export const webhookResource: Resource = {
  plural: 'mutatingwebhookconfigurations',
  kind: 'MutatingWebhookConfiguration',
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  isNamespaced: false,
}
export const nodeResource: Resource = { plural: 'nodes', kind: 'Node', group: '', version: 'v1', isNamespaced: false }
export const namespaceResource: Resource = {
  plural: 'namespaces',
  kind: 'Namespace',
  group: '',
  version: 'v1',
  isNamespaced: false,
}
export const eventResource: Resource = {
  plural: 'events',
  kind: 'Event',
  group: 'events.k8s.io',
  version: 'v1',
  isNamespaced: true,
}

/** The `apiVersion` of a resource's objects. */
export function apiVersion(resource: Resource): string {
  return resource.group === '' ? resource.version : `${resource.group}/${resource.version}`
}
