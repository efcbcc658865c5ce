import { randomUUID } from 'node:crypto'
import { chmodSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ask, connect, type Api } from './api.ts'
import { eventually, type EventuallyOptions } from './eventually.ts'
import { kubectl } from './kubectl.ts'
import { hasCondition, type Job, type Pod } from './objects.ts'

export type ScenarioOptions = { labels?: Record<string, string> }

/** The cluster of `cluster run`, and a namespace for each scenario in it. */
export type World = Readonly<{ api: Api; scenario(name: string, options?: ScenarioOptions): Promise<Scenario> }>

/** A namespace and a directory of one scenario's own; both go when it is disposed of. */
export type Scenario = AsyncDisposable &
  Readonly<{
    namespace: string
    /** On this machine; in containers of the manifest builders it is /scenario. */
    directory: string
    /** Applies objects or YAML text in the namespace, server-side. */
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
  if (!kubeconfig)
    throw new Error(
      'Cannot open the test cluster: KUBECONFIG is not set. Run this by: npm run cluster -- run -- COMMAND',
    )
  const api = await connect()
  return { api, scenario: (name, options) => openScenario(api, join(dirname(kubeconfig), 'scenarios'), name, options) }
}

async function openScenario(
  api: Api,
  home: string,
  name: string,
  { labels = {} }: ScenarioOptions = {},
): Promise<Scenario> {
  const namespace = `${name}-${randomUUID().slice(0, 6)}`
  const directory = join(home, namespace)
  mkdirSync(directory)
  chmodSync(directory, 0o777) // containers of any user write their log there
  await ask(api, '/api/v1/namespaces', { method: 'POST', body: { metadata: { name: namespace, labels } } })
  await eventually(
    'a namespace can have pods',
    () => api(`/api/v1/namespaces/${namespace}/serviceaccounts/default`),
    ({ status }) => status === 200,
  )
  return {
    namespace,
    directory,
    ...questions(api, namespace),
    async apply(...manifests) {
      const texts = manifests.map(manifest => (typeof manifest === 'string' ? manifest : JSON.stringify(manifest)))
      await kubectl(['apply', '--server-side', `--namespace=${namespace}`, '--filename=-'], texts.join('\n---\n'))
    },
    async [Symbol.asyncDispose]() {
      await api(`/api/v1/namespaces/${namespace}`, { method: 'DELETE' })
      rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
    },
  }
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
