import { fileURLToPath } from 'node:url'
import t from 'tap'
import { ask, connect } from './harness/api.ts'
import { kubectl } from './harness/kubectl.ts'

// What kubectl apply -k of the root and of each overlay leaves in a cluster, with no flag and no plugin, and what its
// ServiceAccount may do then.

const { api } = await connect()
t.setTimeout(300_000)
const ACCOUNT = 'system:serviceaccount:sidecar-reaper:sidecar-reaper'

interface CronJob {
  readonly spec: {
    readonly jobTemplate: {
      readonly spec: { readonly template: { readonly metadata: object; readonly spec: { readonly containers: readonly object[] } } }
    }
  }
}

async function mayDo(verb: string, resource: string, namespace?: string): Promise<boolean> {
  const [group, name = '', subresource] = /^(?:(.*)\.)?([a-z]+)(?:\/(.*))?$/.exec(resource)?.slice(1) ?? []
  const resourceAttributes = { verb, group, resource: name, subresource, namespace }
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec: { user: ACCOUNT, resourceAttributes } }
  const { status } = await ask<{ status: { allowed: boolean } }>(api, '/apis/authorization.k8s.io/v1/subjectaccessreviews', {
    method: 'POST',
    body,
  })
  return status.allowed
}

const RIGHTS = [
  ['list', 'pods'],
  ['patch', 'pods/status'],
  ['create', 'events.k8s.io.events'],
  ['create', 'pods/exec'],
  ['create', 'pods/portforward'],
  ['list', 'nodes'],
  ['delete', 'pods'],
  ['get', 'secrets'],
] as const

/** What the ServiceAccount may do in the namespace default, and in another one. */
async function rights(): Promise<object> {
  const rows = RIGHTS.map(async ([verb, resource]) => [
    `${verb} ${resource}`,
    await Promise.all([mayDo(verb, resource, 'default'), mayDo(verb, resource, 'kube-public')]),
  ])
  return Object.fromEntries(await Promise.all(rows))
}

const [both, one, none] = [
  [true, true],
  [true, false],
  [false, false],
]
const WANTED = {
  '.': [both, both, both, none, none, both, none, none],
  'config/exec': [both, both, both, both, both, both, none, none],
  'config/namespaced': [one, one, one, none, none, none, none, none],
}

for (const [folder, wanted] of Object.entries(WANTED)) {
  t.test(`kubectl apply -k ${folder} installs the reaper with its rights, in a namespace that takes no other pods`, async t => {
    const path = fileURLToPath(new URL(`../../${folder}`, import.meta.url))
    t.match(await kubectl(['apply', '--kustomize', path, '--validate=strict']), /cronjob.batch\/sidecar-reaper created/)
    t.teardown(() => kubectl(['delete', '--kustomize', path])) // waits until the namespace is gone
    t.strictSame(await rights(), Object.fromEntries(RIGHTS.map(([verb, resource], index) => [`${verb} ${resource}`, wanted[index]])))

    const { spec } = await ask<CronJob>(api, '/apis/batch/v1/namespaces/sidecar-reaper/cronjobs/sidecar-reaper')
    const { metadata, spec: pod } = spec.jobTemplate.spec.template
    const create = (containers: readonly object[]) =>
      api('/api/v1/namespaces/sidecar-reaper/pods?dryRun=All&fieldValidation=Strict', {
        method: 'POST',
        body: { metadata: { ...metadata, generateName: 'sweep-' }, spec: { ...pod, containers } },
      })
    t.match(await create(pod.containers), { status: 201 })
    t.match(await create(pod.containers.map(container => ({ ...container, securityContext: {} }))), {
      status: 403,
      body: { message: /restricted/ },
    })
  })
}
