import type { Pod } from './pod.ts'

/** Which keys the policy reads beyond its own fixed ones: those of the catalogue's marks and of the settings. */
export interface Reads {
  readonly annotations: ReadonlySet<string>
  readonly labels: ReadonlySet<string>
  readonly env: ReadonlySet<string>
}

const ANNOTATIONS = [
  'sidecar-reaper/ignore',
  'sidecar-reaper/sidecars',
  'sidecar-reaper/mains',
  'sidecar-reaper/containers',
  'sidecar-reaper/settle',
  'sidecar-reaper/claim',
  'nrmitchi.com/sidecars',
  'lemonade.com/sidecars',
  'riskified.com/sidecars',
  'riskified.com/main_sidecars',
  'kubernetes.io/config.mirror',
]
const ARGO_KILL_COMMAND = 'workflows.argoproj.io/kill-cmd-'
const LABELS = ['batch.kubernetes.io/job-name']
const ENV = ['KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT']

/** The keys that facts carry: the fixed ones and those given. */
export function reads(extra: { readonly annotations?: readonly string[]; readonly labels?: readonly string[] }): Reads {
  return {
    annotations: new Set([...ANNOTATIONS, ...(extra.annotations ?? [])]),
    labels: new Set([...LABELS, ...(extra.labels ?? [])]),
    env: new Set(ENV),
  }
}

/**
 * The few fields of a pod that the policy reads, in the pod's own shape; times are seconds since the epoch. Nothing
 * else leaves the pod: of env, labels and annotations only what a rule reads, no args, no volumes.
 * @throws {TypeError} when a field that is read has another type than Kubernetes gives it, or two containers share a name
 */
export function podFacts(pod: Pod, reads: Reads): PodFacts {
  const metadata = record(pod.metadata, 'metadata')
  return {
    metadata: {
      name: text(metadata['name'], 'metadata.name'),
      namespace: text(metadata['namespace'], 'metadata.namespace'),
      deletionTimestamp: seconds(metadata['deletionTimestamp'], 'metadata.deletionTimestamp'),
      labels: texts(metadata['labels'], 'metadata.labels', key => reads.labels.has(key)),
      annotations: texts(metadata['annotations'], 'metadata.annotations', key => reads.annotations.has(key) || key.startsWith(ARGO_KILL_COMMAND)),
      ownerReferences: list(metadata['ownerReferences'], 'metadata.ownerReferences', owner),
    },
    spec: specFacts(record(pod.spec, 'spec'), reads),
    status: statusFacts(record(pod.status, 'status')),
  }
}

export interface PodFacts {
  readonly metadata: object
  readonly spec: object
  readonly status: object
}

type Fields = Readonly<Record<string, unknown>>

function owner(reference: Fields, path: string) {
  return { kind: text(reference['kind'], `${path}.kind`), controller: flag(reference['controller'], `${path}.controller`) }
}

function specFacts(spec: Fields, reads: Reads) {
  const containers = list(spec['containers'], 'spec.containers', (container, path) => containerFacts(container, path, reads))
  const initContainers = list(spec['initContainers'], 'spec.initContainers', (container, path) => containerFacts(container, path, reads))
  rejectTwins([...(initContainers ?? []), ...(containers ?? [])], 'spec.containers')
  return {
    nodeName: text(spec['nodeName'], 'spec.nodeName'),
    restartPolicy: text(spec['restartPolicy'], 'spec.restartPolicy'),
    terminationGracePeriodSeconds: number(spec['terminationGracePeriodSeconds'], 'spec.terminationGracePeriodSeconds'),
    hostPID: flag(spec['hostPID'], 'spec.hostPID'),
    hostNetwork: flag(spec['hostNetwork'], 'spec.hostNetwork'),
    shareProcessNamespace: flag(spec['shareProcessNamespace'], 'spec.shareProcessNamespace'),
    initContainers,
    containers,
  }
}

function containerFacts(container: Fields, path: string, reads: Reads) {
  const lifecycle = record(container['lifecycle'], `${path}.lifecycle`)
  const env = list(container['env'], `${path}.env`, environment)?.filter(({ name }) => reads.env.has(name))
  const stopSignal = text(lifecycle['stopSignal'], `${path}.lifecycle.stopSignal`)
  return {
    name: required(text(container['name'], `${path}.name`), `${path}.name`),
    image: text(container['image'], `${path}.image`),
    restartPolicy: text(container['restartPolicy'], `${path}.restartPolicy`),
    restartPolicyRules: list(container['restartPolicyRules'], `${path}.restartPolicyRules`, restartRule),
    ...(env?.length ? { env } : {}),
    ...(stopSignal === undefined ? {} : { lifecycle: { stopSignal } }),
  }
}

function environment(variable: Fields, path: string) {
  return { name: required(text(variable['name'], `${path}.name`), `${path}.name`), value: text(variable['value'], `${path}.value`) }
}

function restartRule(rule: Fields, path: string) {
  const exitCodes = record(rule['exitCodes'], `${path}.exitCodes`)
  const values = exitCodes['values'] ?? []
  if (!Array.isArray(values)) throw mismatch(`${path}.exitCodes.values`, values, 'a list of exit codes')
  return {
    action: text(rule['action'], `${path}.action`),
    exitCodes: { operator: text(exitCodes['operator'], `${path}.exitCodes.operator`), values },
  }
}

function statusFacts(status: Fields) {
  const containerStatuses = list(status['containerStatuses'], 'status.containerStatuses', containerStatus)
  const initContainerStatuses = list(status['initContainerStatuses'], 'status.initContainerStatuses', containerStatus)
  rejectTwins(containerStatuses ?? [], 'status.containerStatuses')
  rejectTwins(initContainerStatuses ?? [], 'status.initContainerStatuses')
  return {
    phase: text(status['phase'], 'status.phase'),
    conditions: list(status['conditions'], 'status.conditions', condition)?.filter(({ type }) => type === 'DisruptionTarget'),
    initContainerStatuses,
    containerStatuses,
  }
}

function condition(entry: Fields, path: string) {
  return { type: text(entry['type'], `${path}.type`), status: text(entry['status'], `${path}.status`) }
}

function containerStatus(status: Fields, path: string) {
  return {
    name: required(text(status['name'], `${path}.name`), `${path}.name`),
    containerID: text(status['containerID'], `${path}.containerID`),
    state: state(record(status['state'], `${path}.state`), `${path}.state`),
    lastState: state(record(status['lastState'], `${path}.lastState`), `${path}.lastState`),
  }
}

function state(entry: Fields, path: string) {
  const { waiting, running, terminated } = entry
  if (terminated != null) return { terminated: termination(record(terminated, `${path}.terminated`), `${path}.terminated`) }
  if (running != null) return { running: {} }
  if (waiting != null) return { waiting: { reason: text(record(waiting, `${path}.waiting`)['reason'], `${path}.waiting.reason`) } }
  return undefined
}

function termination(entry: Fields, path: string) {
  return { exitCode: number(entry['exitCode'], `${path}.exitCode`), finishedAt: seconds(entry['finishedAt'], `${path}.finishedAt`) }
}

function rejectTwins(entries: readonly { readonly name: string }[], path: string) {
  if (entries.length < 2) return
  const seen = new Set<string>()
  for (const { name } of entries) {
    if (seen.has(name)) throw new TypeError(`${path}: two entries are named ${name}, expected every name once`)
    seen.add(name)
  }
}

// Absent and null are the same to Kubernetes, and JSON.stringify leaves undefined out.

function record(value: unknown, path: string): Fields {
  if (value == null) return NOTHING
  if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(path, value, 'an object')
  return value as Fields // an object that is no array: any key may be asked for
}

const NOTHING: Fields = Object.freeze({})

function list<T>(value: unknown, path: string, entry: (fields: Fields, path: string) => T): T[] | undefined {
  if (value == null) return undefined
  if (!Array.isArray(value)) throw mismatch(path, value, 'a list')
  return value.map((fields: unknown, index) => entry(record(fields, `${path}[${index}]`), `${path}[${index}]`))
}

function text(value: unknown, path: string): string | undefined {
  if (value == null) return undefined
  if (typeof value !== 'string') throw mismatch(path, value, 'text')
  return value
}

function required(value: string | undefined, path: string): string {
  if (!value) throw mismatch(path, value, 'a name')
  return value
}

function number(value: unknown, path: string): number | undefined {
  if (value == null) return undefined
  if (typeof value !== 'number') throw mismatch(path, value, 'a number')
  return value
}

function flag(value: unknown, path: string): boolean | undefined {
  if (value == null) return undefined
  if (typeof value !== 'boolean') throw mismatch(path, value, 'true or false')
  return value || undefined
}

function seconds(value: unknown, path: string): number | undefined {
  const time = text(value, path)
  if (time === undefined) return undefined
  const milliseconds = Date.parse(time)
  if (Number.isNaN(milliseconds)) throw mismatch(path, value, 'an RFC 3339 time')
  return milliseconds / 1000
}

function texts(value: unknown, path: string, isRead: (key: string) => boolean): Record<string, string> {
  const picked: Record<string, string> = {}
  const all = record(value, path)
  for (const key in all) if (isRead(key)) picked[key] = text(all[key], `${path}[${key}]`) ?? ''
  return picked
}

function mismatch(path: string, value: unknown, expected: string): TypeError {
  return new TypeError(`${path}: got ${JSON.stringify(value) ?? 'nothing'}, expected ${expected}`)
}
