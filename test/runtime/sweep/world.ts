import { randomUUID } from 'node:crypto'
import type { Cluster } from '../../../runtime/cluster.ts'
import { connectCluster, type ConnectOptions } from '../../../runtime/cluster/connect.ts'
import { POLICY_FILES } from '../../../runtime/files.ts'
import { JOB_NAME_LABEL } from '../../../runtime/names.ts'
import type { Outcome, Summary, SweepRecord, VerdictRecord } from '../../../runtime/outcome.ts'
import { loadPolicy } from '../../../runtime/policy.ts'
import { decodeSettings } from '../../../runtime/settings/decode.ts'
import { sweep, type SweepOptions } from '../../../runtime/sweep.ts'
import type { Behaviour } from '../../sandbox/behaviour.ts'
import { stuckPod } from '../../sandbox/manifests.ts'
import type { PodManifest } from '../../sandbox/objects.ts'
import type { ApiRequest } from '../../sandbox/request.ts'
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.ts'
import { kubeconfig } from '../cluster/api.ts'

interface Test {
  teardown(end: () => void | Promise<void>): void
}

/** What a sweep said. */
export interface Said {
  readonly records: readonly SweepRecord[]
  readonly verdicts: readonly VerdictRecord[]
  readonly outcomes: readonly Outcome[]
  readonly summary: Summary
}

export interface SweepRequest extends Partial<Omit<SweepOptions, 'settings'>> {
  /** As a settings file has them; without a settle delay unless it says otherwise. */
  readonly settings?: object
  readonly signal?: AbortSignal
  readonly onRecord?: (record: SweepRecord) => void
  readonly cluster?: Cluster
}

/** A sandbox and the real client connected to it. */
export interface World {
  readonly sandbox: Sandbox
  readonly cluster: Cluster
  /** Another client, as another sweep has. */
  connect(options?: Partial<ConnectOptions>): Promise<Cluster>
  /** Adds a pod whose main has finished, and whose proxy behaves as said. */
  stuck(name: string, options?: StuckOptions): void
  sweep(request?: SweepRequest): Promise<Said>
}

export interface StuckOptions {
  readonly proxy?: Behaviour
  /** By name, instead of the one proxy. */
  readonly sidecars?: Readonly<Record<string, Behaviour>>
  /** Of the sidecars, as the pod's annotation declares it. */
  readonly exit?: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly namespace?: string
  readonly graceSeconds?: number
  readonly change?: (manifest: PodManifest) => PodManifest
}

/** Ends with 0 when it is told to. */
export const POLITE: Behaviour = { on: { TERM: { exit: 0 } } }

export async function world(t: Test, options: SandboxOptions = {}, client: Partial<ConnectOptions> = {}): Promise<World> {
  const sandbox = await startSandbox({ processes: 'memory', ...options })
  t.teardown(sandbox.close)
  const connect = async (more: Partial<ConnectOptions> = {}): Promise<Cluster> => {
    const file = kubeconfig(t as never, sandbox.url, { user: { token: sandbox.token }, cluster: { 'insecure-skip-tls-verify': true } })
    const cluster = await connectCluster({ kubeconfig: file, callTimeoutMs: 30_000, retry: { pauseMs: 5 }, env: {}, ...client, ...more })
    t.teardown(() => cluster.close())
    return cluster
  }
  const cluster = await connect()
  const stuck = (
    name: string,
    { proxy = POLITE, sidecars = { proxy }, exit, change = same, annotations, ...pod }: StuckOptions = {},
  ): void => {
    const names = Object.keys(sidecars)
    const details =
      exit === undefined ? {} : { 'sidecar-reaper/containers': JSON.stringify(Object.fromEntries(names.map(one => [one, { exit }]))) }
    const manifest = stuckPod(name, { ...pod, annotations: { 'sidecar-reaper/sidecars': names.join(', '), ...details, ...annotations } })
    sandbox.addPod(change(withSidecars(manifest, names)), { behaviours: sidecars })
  }
  return { sandbox, cluster, connect, stuck, sweep: (request = {}) => runSweep(request.cluster ?? cluster, request) }
}

/** The pod with a copy of its proxy under each of these names. */
function withSidecars(pod: PodManifest, names: readonly string[]): PodManifest {
  const copies = <T extends { readonly name: string }>(list: readonly T[]): T[] =>
    list.flatMap(one =>
      one.name === 'proxy'
        ? names.map((name, index) => ({ ...one, name, ...('containerID' in one && { containerID: idOf(index) }) }))
        : [one],
    )
  const containerStatuses = copies(pod.status?.containerStatuses ?? [])
  return { ...pod, spec: { ...pod.spec, containers: copies(pod.spec.containers) }, status: { ...pod.status, containerStatuses } }
}

function idOf(index: number): string {
  return `containerd://${'bcdef'.charAt(index).repeat(64)}`
}

/** The pod with a main that finished at that moment. */
export function finishedAt(now: Date): (pod: PodManifest) => PodManifest {
  return pod => {
    const finishedAt = now.toISOString().replace(/\.\d+Z$/, 'Z')
    const containerStatuses = (pod.status?.containerStatuses ?? []).map(one =>
      one.state.terminated ? { ...one, state: { terminated: { ...one.state.terminated, finishedAt } } } : one,
    )
    return { ...pod, status: { ...pod.status, containerStatuses } }
  }
}

function same(manifest: PodManifest): PodManifest {
  return manifest
}

async function runSweep(cluster: Cluster, request: SweepRequest): Promise<Said> {
  const {
    settings: given = {},
    scope = { namespace: 'default', labelSelector: JOB_NAME_LABEL },
    isDryRun = false,
    id = randomUUID(),
    signal = calm,
    onRecord,
  } = request
  const settings = decodeSettings({ settle: '0s', ...given }, 'settings')
  const policy = await loadPolicy(POLICY_FILES, settings, { namespace: null, sweep: id })
  const records: SweepRecord[] = []
  for await (const record of sweep(cluster, policy, { scope, settings, isDryRun, id }, signal)) {
    records.push(record)
    onRecord?.(record)
  }
  return said(records)
}

function said(records: readonly SweepRecord[]): Said {
  const summary = records.at(-1)
  if (summary?.kind !== 'summary') throw new Error('The last record is no summary')
  const verdicts = records.filter(record => record.kind === 'verdict')
  const outcomes = records.filter(record => record.kind === 'outcome')
  return { records, verdicts, outcomes, summary }
}

const calm = new AbortController().signal

/** Signals as `proxy TERM exec`, in order. */
export function told(sandbox: Sandbox, pod: string, namespace = 'default'): readonly string[] {
  return sandbox.signals(namespace, pod).map(({ container, signal, by }) => `${container} ${signal} ${by}`)
}

/** Calls as `patch pods/status p0`, without the lists, the watch and the Events. */
export function calls(sandbox: Sandbox): readonly string[] {
  return sandbox.requests
    .filter(({ verb, resource }) => verb !== 'list' && verb !== 'watch' && resource !== 'events' && resource !== 'namespaces')
    .map(inShort)
}

export function inShort({ verb, resource, subresource, name }: ApiRequest): string {
  return [verb, subresource === '' ? resource : `${resource}/${subresource}`, name].filter(part => part !== '').join(' ')
}

/** Outcomes as `p0 ended signal`, by name. */
export function results({ outcomes }: Said): readonly string[] {
  return outcomes.map(({ pod, result, way }) => [pod, result, way].filter(part => part !== null).join(' ')).toSorted()
}

/** The counts of a summary that are not 0. */
export function counts({ summary }: Said): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(summary).filter(([, value]) => typeof value === 'number' && value > 0))
}
