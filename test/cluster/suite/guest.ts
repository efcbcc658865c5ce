import { setTimeout as sleep } from 'node:timers/promises'
import { ask, connect, type Connection } from '../harness/api.ts'
import { create } from '../harness/create.ts'
import { parseActorEvents, type ActorEvent } from '../harness/events.ts'
import { eventually } from '../harness/eventually.ts'
import { kubectl, kubectlLines } from '../harness/kubectl.ts'
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
    await create(connection.api, namespace, [readerPod(site)])
    await ready(connection, `${path}/pods/reader`, context)
  } catch (error) {
    await remove()
    throw error
  }
  const command = (script: string) => ['exec', `--context=${context}`, `--namespace=${namespace}`, 'reader', '--', 'sh', '-c', script]
  const reader: Reader = {
    run: script => kubectl(command(script)),
    lines: (script, signal) => kubectlLines(command(script), signal),
  }
  const shelf = new ReadShelf(reader, `/var/tmp/sidecar-reaper-suite-${run}`)
  return {
    world: worldOf(connection, shelf),
    site,
    async [Symbol.asyncDispose]() {
      await shelf.close()
      await remove()
    },
  }
}

/** Runs shell scripts in the pod that reads. */
type Reader = Readonly<{ run(script: string): Promise<string>; lines(script: string, signal: AbortSignal): AsyncIterable<string> }>

/** So often in a row a reading may fail, where nodes are busy or far away, until what is known is too old. */
const maxFailures = 10

/** The node's /var/tmp through a pod there. */
class ReadShelf implements Shelf {
  readonly #reader: Reader
  readonly #home: string
  readonly #closing = new AbortController()
  readonly #reading: Promise<void>
  #events: readonly ActorEvent[] = []
  #failures: readonly unknown[] = []

  constructor(reader: Reader, home: string) {
    this.#reader = reader
    this.#home = home
    this.#reading = this.#read()
  }

  async make(name: string): Promise<string> {
    const directory = `${this.#home}/${name}`
    await this.#reader.run(`mkdir -p ${directory} && chmod 777 ${directory}`)
    return directory
  }

  /** All directories go together, with the home that they are in. */
  async remove(): Promise<void> {}

  events(): readonly ActorEvent[] {
    if (this.#failures.length < maxFailures) return this.#events
    throw new Error(`Cannot read what the pods wrote down: it failed ${maxFailures} times in a row`, { cause: this.#failures.at(-1) })
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await this.#reading
    await this.#reader.run(`rm -rf ${this.#home}`)
  }

  async #read(): Promise<void> {
    const { signal } = this.#closing
    while (!signal.aborted) {
      await this.#follow(signal).catch((error: unknown) => (this.#failures = [...this.#failures, error]))
      await sleep(500)
    }
  }

  /** All that is written, again and again, each time with an empty line behind it: one exec, as each takes a busy node seconds. */
  async #follow(signal: AbortSignal): Promise<void> {
    const script = `while echo; do cat ${this.#home}/*/events 2>/dev/null; sleep 0.3; done`
    const lines: string[] = []
    for await (const line of this.#reader.lines(script, signal)) {
      if (line !== '') {
        lines.push(line)
        continue
      }
      this.#events = parseActorEvents(lines.splice(0).join('\n'))
      this.#failures = []
    }
  }
}

async function firstNode({ api }: Connection): Promise<Node> {
  const { items } = await ask<{ items: Node[] }>(api, '/api/v1/nodes')
  const node = items.find(({ spec }) => !spec.unschedulable && !spec.taints?.some(({ effect }) => effect !== 'PreferNoSchedule'))
  if (node === undefined) throw new Error('Cannot run the suite: no node takes pods that tolerate nothing')
  return node
}

function readerPod({ registry, nodeSelector }: Site): object {
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
