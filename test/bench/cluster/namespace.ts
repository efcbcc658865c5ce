import { ask, type Api } from '../../cluster/harness/api.ts'
import { eventually } from '../../cluster/harness/eventually.ts'

/** A namespace of that name, new and ready for pods; one that an earlier run left behind goes first. It goes with all its pods, at once, when it is disposed of. */
export async function emptyNamespace(api: Api, name: string): Promise<AsyncDisposable> {
  await removed(api, name)
  await ask(api, '/api/v1/namespaces', {
    method: 'POST',
    body: { metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } } },
  })
  await eventually(
    `namespace ${name} can have pods`,
    () => api(`/api/v1/namespaces/${name}/serviceaccounts/default`),
    ({ status }) => status === 200,
  )
  return { [Symbol.asyncDispose]: () => removed(api, name) }
}

async function removed(api: Api, name: string): Promise<void> {
  const path = `/api/v1/namespaces/${name}`
  // Deleting many pods may take longer than the server allows a call: what is left is deleted by the next one.
  const remove = (what: string): Promise<unknown> => api(what, { method: 'DELETE', body: { gracePeriodSeconds: 0 } }).catch(() => {})
  await eventually(
    `namespace ${name} is gone`,
    async () => {
      await remove(`${path}/pods`)
      await remove(path)
      return (await api(path)).status
    },
    status => status === 404,
    { deadlineMs: 300_000 },
  )
}
