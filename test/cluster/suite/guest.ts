import { setTimeout as sleep } from 'node:timers/promises'
import { ask, connect, type Connection } from '../harness/api.ts'
import { create } from '../harness/create.ts'
import { parseActorEvents, type ActorEvent } from '../harness/events.ts'
import { eventually } from '../harness/eventually.ts'
import { kubectl } from '../harness/kubectl.ts'
import { hasEnded, isWaiting, running, type Pod } from '../harness/objects.ts'
import type { Shelf } from '../harness/shelf.ts'
import { worldOf, type World } from '../harness/world.ts'
import type { Site } from './site.ts'

/** A cluster that is not ours, as the suite uses it; what it put there goes when it is disposed of. */
export type Guest = AsyncDisposable & Readonly<{ world: World; site: Site }>

type Node = { metadata: { name: string; labels: Record<string, string> }; spec: { unschedulable?: boolean; taints?: { effect: string }[] } }

/**
 * Opens the cluster of a kubeconfig's context. All pods go to one node, where a pod of ours reads what they write to a
 * directory below /var/tmp.
 * @throws {Error} when the test images are not to be had there
 */
export async function openGuest(context: string, registry: string | undefined, run: string): Promise<Guest> {
  const connection = await connect(context)
  const node = await firstNode(connection)
  const site: Site = {
    ...(registry === undefined ? {} : { registry }),
    nodeSelector: { 'kubernetes.io/hostname': node.metadata.labels['kubernetes.io/hostname'] ?? '' },
  }
  const namespace = `sidecar-reaper-reader-${run}`
  const path = `/api/v1/namespaces/${namespace}`
  const metadata = { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } }
  await create(connection.api, '', [{ apiVersion: 'v1', kind: 'Namespace', metadata }])
  const remove = async () => void (await connection.api(path, { method: 'DELETE' }))
  try {
    const account = () => connection.api(`${path}/serviceaccounts/default`)
    await eventually('a namespace can have pods', account, ({ status }) => status === 200)
    await create(connection.api, namespace, [reader(site)])
    await ready(connection, `${path}/pods/reader`, context)
  } catch (error) {
    await remove()
    throw error
  }
  const inReader = (script: string) =>
    kubectl(['exec', `--context=${context}`, `--namespace=${namespace}`, 'reader', '--', 'sh', '-c', script])
  const shelf = new ReadShelf(inReader, `/var/tmp/sidecar-reaper-suite-${run}`)
  return {
    world: worldOf(connection, shelf),
    site,
    async [Symbol.asyncDispose]() {
      await shelf.close()
      await remove()
    },
  }
}

/** The node's /var/tmp through a pod there. */
class ReadShelf implements Shelf {
  readonly #run: (script: string) => Promise<string>
  readonly #home: string
  readonly #reading: Promise<void>
  #events: readonly ActorEvent[] = []
  #isOpen = true

  constructor(run: (script: string) => Promise<string>, home: string) {
    this.#run = run
    this.#home = home
    this.#reading = this.#read()
  }

  async make(name: string): Promise<string> {
    const directory = `${this.#home}/${name}`
    await this.#run(`mkdir -p ${directory} && chmod 777 ${directory}`)
    return directory
  }

  /** All directories go together, with the home that they are in. */
  async remove(): Promise<void> {}

  events(): readonly ActorEvent[] {
    return this.#events
  }

  async close(): Promise<void> {
    this.#isOpen = false
    await this.#reading
    await this.#run(`rm -rf ${this.#home}`)
  }

  async #read(): Promise<void> {
    while (this.#isOpen) {
      this.#events = parseActorEvents(await this.#run(`cat ${this.#home}/*/events 2>/dev/null; true`))
      await sleep(500)
    }
  }
}

async function firstNode({ api }: Connection): Promise<Node> {
  const { items } = await ask<{ items: Node[] }>(api, '/api/v1/nodes')
  const node = items.find(({ spec }) => !spec.unschedulable && !spec.taints?.some(({ effect }) => effect !== 'PreferNoSchedule'))
  if (node === undefined) throw new Error('Cannot run the suite: no node takes pods that tolerate nothing')
  return node
}

function reader({ registry, nodeSelector }: Site): object {
  const container = {
    name: 'reader',
    image: registry === undefined ? 'sidecar-reaper.test/busybox:1' : `${registry}/busybox:1`,
    imagePullPolicy: registry === undefined ? 'Never' : 'IfNotPresent',
    command: ['sleep', '1000000'],
    volumeMounts: [{ name: 'tmp', mountPath: '/var/tmp' }],
  }
  const volumes = [{ name: 'tmp', hostPath: { path: '/var/tmp', type: 'Directory' } }]
  const spec = { nodeSelector, terminationGracePeriodSeconds: 0, containers: [container], volumes }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'reader' }, spec }
}

async function ready({ api }: Connection, path: string, context: string): Promise<void> {
  const isSettled = (pod: Pod) => running(pod).length > 0 || isWaiting(pod, 'reader') || hasEnded(pod, 'reader')
  const pod = await eventually('the reader pod runs', () => ask<Pod>(api, path), isSettled)
  if (running(pod).length > 0) return
  const found = JSON.stringify(pod.status.containerStatuses?.[0]?.state)
  throw new Error(
    `Cannot run the suite on ${context}: its pods do not start (${found}). Write the test images to a file by ` +
      '`npm run cluster -- images FILE`, load that into the nodes, or push both images and pass --registry PREFIX',
  )
}
