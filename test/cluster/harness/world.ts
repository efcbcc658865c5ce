import { randomUUID } from 'node:crypto'
import { dirname, join } from 'node:path'
import { ask, connect, type Api, type Connection } from './api.ts'
import { create } from './create.ts'
import { eventually, type EventuallyOptions } from './eventually.ts'
import { hasCondition, type Job, type Pod } from './objects.ts'
import { localShelf, type Shelf } from './shelf.ts'

export type ScenarioOptions = {
  labels?: Record<string, string>
  /** One that is there already, and stays. */
  namespace?: string
}

/** The cluster of `cluster run`, and a namespace for each scenario in it. */
export type World = Readonly<{
  api: Api
  connection: Connection
  shelf: Shelf
  scenario(name: string, options?: ScenarioOptions): Promise<Scenario>
}>

/** A namespace and a directory of one scenario's own; both go when it is disposed of. */
export type Scenario = AsyncDisposable &
  Readonly<{
    namespace: string
    /** On this machine; in containers of the manifest builders it is /scenario. */
    directory: string
    /** Creates objects, or those of YAML texts, in the namespace. */
    apply(...manifests: (object | string)[]): Promise<void>
    job(name: string): Promise<Job>
    /** The pods of a Job, or all of the namespace, oldest first. */
    pods(job?: string): Promise<Pod[]>
    /** The first pod of a Job that will do. */
    pod(job: string, what: string, willDo: (pod: Pod) => boolean, options?: EventuallyOptions): Promise<Pod>
    /** The Job once it is Complete or Failed. */
    finished(job: string, options?: EventuallyOptions): Promise<Job>
  }>

/** Opens the cluster that $KUBECONFIG names. */
export async function openWorld(): Promise<World> {
  const kubeconfig = process.env['KUBECONFIG']
  if (!kubeconfig) throw new Error('Cannot open the test cluster: KUBECONFIG is not set. Run this by: npm run cluster -- run -- COMMAND')
  return worldOf(await connect(), localShelf(join(dirname(kubeconfig), 'scenarios')))
}

/** A cluster that somebody else opened. */
export function worldOf(connection: Connection, shelf: Shelf): World {
  const { api } = connection
  return { api, connection, shelf, scenario: (name, options) => openScenario(api, shelf, name, options) }
}

async function openScenario(
  api: Api,
  shelf: Shelf,
  name: string,
  { labels = {}, namespace: given }: ScenarioOptions = {},
): Promise<Scenario> {
  const unique = `${name}-${randomUUID().slice(0, 6)}`
  const namespace = given ?? unique
  const directory = await shelf.make(unique)
  if (given === undefined) await openNamespace(api, namespace, labels)
  const created: string[] = []
  return {
    namespace,
    directory,
    ...questions(api, namespace),
    async apply(...manifests) {
      created.push(...(await create(api, namespace, manifests)))
    },
    async [Symbol.asyncDispose]() {
      const paths = given === undefined ? [`/api/v1/namespaces/${namespace}`] : created
      for (const path of paths) await api(path, { method: 'DELETE', body: { propagationPolicy: 'Background' } })
      await shelf.remove(directory)
    },
  }
}

/** Pods of a scenario mount a directory of the node, which Pod Security allows to privileged namespaces only. */
async function openNamespace(api: Api, name: string, labels: Record<string, string>): Promise<void> {
  const metadata = { name, labels: { 'pod-security.kubernetes.io/enforce': 'privileged', ...labels } }
  await ask(api, '/api/v1/namespaces', { method: 'POST', body: { metadata } })
  await eventually(
    'a namespace can have pods',
    () => api(`/api/v1/namespaces/${name}/serviceaccounts/default`),
    ({ status }) => status === 200,
  )
}

function questions(api: Api, namespace: string): Pick<Scenario, 'job' | 'pods' | 'pod' | 'finished'> {
  const job = (name: string) => ask<Job>(api, `/apis/batch/v1/namespaces/${namespace}/jobs/${name}`)
  const pods = async (jobName?: string) => {
    const selector = jobName ? `?labelSelector=job-name=${jobName}` : ''
    const { items } = await ask<{ items: Pod[] }>(api, `/api/v1/namespaces/${namespace}/pods${selector}`)
    return items.sort((a, b) => a.metadata.creationTimestamp.localeCompare(b.metadata.creationTimestamp))
  }
  return {
    job,
    pods,
    async pod(jobName, what, willDo, options) {
      const seen = await eventually(
        what,
        () => pods(jobName),
        all => all.some(willDo),
        options,
      )
      return seen.find(willDo) as Pod // eventually gave back a list that has one
    },
    finished: (name, options) =>
      eventually(
        `Job ${name} finishes`,
        () => job(name),
        seen => hasCondition(seen, 'Complete') || hasCondition(seen, 'Failed'),
        options,
      ),
  }
}
