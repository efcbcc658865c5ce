import { ARGO_KILL_COMMAND, KRUISE_MARK } from './names.ts'
import type { Pod } from './pod.ts'
import { printable } from './printable.ts'

/** Which keys and names the policy reads beyond its own fixed ones: those of the catalogue and of the settings. */
export interface Reads {
  readonly annotations: ReadonlySet<string>
  readonly annotationPrefixes: readonly string[]
  readonly labels: ReadonlySet<string>
  readonly env: ReadonlySet<string>
  /** Without their dashes; of the value flags the argument after them is read too. */
  readonly flags: ReadonlySet<string>
  readonly valueFlags: ReadonlySet<string>
  /** Programs that a command may begin with, without their path; of any other only that there is one. */
  readonly programs: ReadonlySet<string>
  /** Programs that run others; without their path. */
  readonly wrappers: ReadonlySet<string>
  /** Last words of the image repositories that count; other images are not read. */
  readonly images: ReadonlySet<string>
}

/** What facts carry on top of the fixed keys. */
export interface ReadsOptions {
  readonly annotations?: readonly string[]
  readonly labels?: readonly string[]
  readonly env?: readonly string[]
  readonly flags?: readonly string[]
  readonly valueFlags?: readonly string[]
  readonly programs?: readonly string[]
  readonly wrappers?: readonly string[]
  /** Image repositories, or their last parts. */
  readonly images?: readonly string[]
  /** Other controllers whose marks on pods count. */
  readonly controllersGone?: readonly ('kruise' | 'argo')[]
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
const LABELS = ['batch.kubernetes.io/job-name']
/** Which conditions count, and with which status. */
const CONDITIONS: ReadonlyMap<string, string> = new Map([
  ['DisruptionTarget', 'True'],
  ['AllContainersRestarting', 'True'],
  ['ContainersReady', 'False'],
])

/** The keys and names that facts carry: the fixed ones and those given. */
export function reads(options: ReadsOptions = {}): Reads {
  const { annotations = [], labels = [], env = [], flags = [], valueFlags = [], programs = [], wrappers = [] } = options
  const { images = [], controllersGone = [] } = options
  return {
    annotations: new Set([...ANNOTATIONS, ...annotations]),
    annotationPrefixes: controllersGone.includes('argo') ? [ARGO_KILL_COMMAND] : [],
    labels: new Set([...LABELS, ...labels]),
    env: new Set([...env, ...(controllersGone.includes('kruise') ? [KRUISE_MARK] : [])]),
    flags: new Set(flags),
    valueFlags: new Set(valueFlags),
    programs: new Set([...programs, ...wrappers]),
    wrappers: new Set(wrappers),
    images: new Set(images.map(repository => repository.slice(repository.lastIndexOf('/') + 1))),
  }
}

export interface PodFacts {
  readonly metadata: object
  readonly spec: object
  readonly status: object
}

/**
 * The few fields of a pod that the policy reads, in the pod's own shape; times are seconds since the epoch. Nothing
 * else leaves the pod: of command, args, env, labels, annotations and images only what a rule reads, no volumes.
 * @throws {TypeError} when a field that is read has another type than Kubernetes gives it, or two containers share a name
 */
export function podFacts(pod: Pod, reads: Reads): PodFacts {
  const metadata = record(pod.metadata, 'metadata')
  return {
    metadata: {
      namespace: text(metadata['namespace'], 'metadata.namespace'),
      deletionTimestamp: seconds(metadata['deletionTimestamp'], 'metadata.deletionTimestamp'),
      labels: textsByKey(metadata['labels'], 'metadata.labels', key => reads.labels.has(key)),
      annotations: textsByKey(metadata['annotations'], 'metadata.annotations', key => isReadAnnotation(key, reads)),
      ownerReferences: list(metadata['ownerReferences'], 'metadata.ownerReferences', owner)?.filter(({ controller }) => controller),
    },
    spec: specFacts(record(pod.spec, 'spec'), reads),
    status: statusFacts(record(pod.status, 'status')),
  }
}

function isReadAnnotation(key: string, { annotations, annotationPrefixes }: Reads): boolean {
  return annotations.has(key) || annotationPrefixes.some(prefix => key.startsWith(prefix))
}

type Fields = Readonly<Record<string, unknown>>

/** Where a field is, for the message; put together only when there is one. */
type Place = string | readonly [list: string, index: number, key?: string]

function owner(reference: Fields, list: string, index: number) {
  return {
    apiVersion: text(reference['apiVersion'], [list, index, 'apiVersion']),
    kind: text(reference['kind'], [list, index, 'kind']),
    controller: flag(reference['controller'], [list, index, 'controller']),
  }
}

function specFacts(spec: Fields, reads: Reads) {
  const container = (fields: Fields, list: string, index: number) => containerFacts(fields, list, index, reads)
  const containers = list(spec['containers'], 'spec.containers', container)
  const initContainers = list(spec['initContainers'], 'spec.initContainers', container)
  rejectTwins(initContainers ? [...initContainers, ...(containers ?? [])] : containers, 'spec.containers')
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

function containerFacts(container: Fields, list: string, index: number, reads: Reads) {
  const name = required(container['name'], [list, index, 'name'])
  const command = texts(container['command'], [list, index, 'command']) ?? []
  const args = texts(container['args'], [list, index, 'args']) ?? []
  return {
    name,
    image: image(text(container['image'], [list, index, 'image']), reads),
    command: wordsRead(command, command[0], args[0], reads),
    args: wordsRead(args, command.length === 0 && args[0]?.startsWith('-') === false ? args[0] : undefined, undefined, reads),
    restartPolicy: text(container['restartPolicy'], [list, index, 'restartPolicy']),
    restartPolicyRules: restartRules(container['restartPolicyRules'], [list, index, 'restartPolicyRules']),
    env: reads.env.size === 0 ? undefined : environment(container['env'], [list, index, 'env'], reads),
    envFrom: Array.isArray(container['envFrom']) && container['envFrom'].length > 0 ? [{}] : undefined,
    livenessProbe: livenessProbe(container['livenessProbe'], [list, index, 'livenessProbe']),
    lifecycle: lifecycle(container['lifecycle'], [list, index, 'lifecycle']),
  }
}

/** The image, where the last word of its repository is one that counts: a:1@sha256:b and x.example:5000/y/a are both a. */
function image(name: string | undefined, { images }: Reads): string | undefined {
  if (name === undefined || images.size === 0) return undefined
  const [word = ''] = name.slice(name.lastIndexOf('/') + 1).split(/[:@]/, 1)
  return images.has(word) ? name : undefined
}

/**
 * Of command or args only what counts. Of the program that they may begin with its name alone, or a ? for one that does not
 * count; then flags, each as it was said last, with the argument after those that have a value, which may be the `next` after
 * all words; that something is filled in where a flag may be; the -- after which no flag comes; and programs that run others.
 */
function wordsRead(
  words: readonly string[],
  program: string | undefined,
  next: string | undefined,
  reads: Reads,
): readonly string[] | undefined {
  const read = new Map<string, readonly string[]>()
  const end = words.indexOf('--')
  for (const [index, word] of words.entries()) {
    const isOption = end === -1 || index <= end
    const said = isOption ? optionRead(word, words[index + 1] ?? next, reads) : undefined
    const [name, count] = said ?? wrapperRead(word, reads) ?? []
    if (name === undefined || count === undefined) continue
    read.delete(name)
    read.set(name, count)
  }
  const all = [...programRead(program, reads), ...[...read.values()].flat()]
  return all.length > 0 ? all : undefined
}

function programRead(word: string | undefined, { programs }: Reads): readonly string[] {
  if (word === undefined || programs.size === 0) return []
  const name = programName(word)
  return [programs.has(name) ? name : '?']
}

/** What is read of an argument, and what it is the last of. */
type Argument = readonly [name: string, words: readonly string[]]

function optionRead(word: string, next: string | undefined, { flags, valueFlags }: Reads): Argument | undefined {
  if (flags.size + valueFlags.size === 0) return undefined
  const [, dashes = '', flag = '', equals] = /^(-*)([^=]*)(=?)/.exec(word) ?? []
  if (flag.startsWith('$(')) return ['$(', ['$(']]
  if (word === '--') return [word, [word]]
  const hasValue = valueFlags.has(flag)
  if (dashes === '' || (!hasValue && !flags.has(flag))) return undefined
  return [flag, hasValue && equals === '' && next !== undefined ? [word.toWellFormed(), next.toWellFormed()] : [word.toWellFormed()]]
}

function wrapperRead(word: string, { wrappers }: Reads): Argument | undefined {
  const name = programName(word)
  return wrappers.has(name) ? [`program ${name}`, [name]] : undefined
}

/** /usr/bin/env → env */
function programName(word: string): string {
  return word.slice(word.lastIndexOf('/') + 1)
}

function livenessProbe(entry: unknown, place: Place) {
  if (entry == null) return undefined
  const probe = record(entry, place)
  return { periodSeconds: number(probe['periodSeconds'], place), failureThreshold: number(probe['failureThreshold'], place) }
}

function restartRules(rules: unknown, place: Place) {
  if (rules == null) return undefined
  return list(rules, written(place), restartRule)
}

function restartRule(rule: Fields, list: string, index: number) {
  const exitCodes = record(rule['exitCodes'], [list, index, 'exitCodes'])
  const values = exitCodes['values'] ?? []
  if (!Array.isArray(values)) throw mismatch([list, index, 'exitCodes.values'], values, 'a list of exit codes')
  return {
    action: text(rule['action'], [list, index, 'action']),
    exitCodes: { operator: text(exitCodes['operator'], [list, index, 'exitCodes.operator']), values: values as readonly unknown[] },
  }
}

function environment(env: unknown, place: Place, reads: Reads) {
  const all = list(env, written(place), (variable, list, index) => ({
    name: required(variable['name'], [list, index, 'name']),
    value: text(variable['value'], [list, index, 'value']),
  }))
  const read = new Map((all ?? []).filter(({ name }) => reads.env.has(name)).map(variable => [variable.name, variable])) // the last counts
  return read.size > 0 ? [...read.values()] : undefined
}

function lifecycle(entry: unknown, place: Place) {
  if (entry == null) return undefined
  const stopSignal = text(record(entry, place)['stopSignal'], place)
  return stopSignal === undefined ? undefined : { stopSignal }
}

function statusFacts(status: Fields) {
  const containerStatuses = list(status['containerStatuses'], 'status.containerStatuses', containerStatus)
  const initContainerStatuses = list(status['initContainerStatuses'], 'status.initContainerStatuses', containerStatus)
  rejectTwins(containerStatuses, 'status.containerStatuses')
  rejectTwins(initContainerStatuses, 'status.initContainerStatuses')
  return {
    phase: text(status['phase'], 'status.phase'),
    conditions: conditions(status['conditions']),
    initContainerStatuses,
    containerStatuses,
  }
}

function conditions(entries: unknown) {
  const read = list(entries, 'status.conditions', condition)?.filter(entry => entry !== undefined)
  return read?.length ? read : undefined
}

function condition(entry: Fields, list: string, index: number) {
  const type = text(entry['type'], [list, index, 'type'])
  const status = text(entry['status'], [list, index, 'status'])
  if (type === undefined || CONDITIONS.get(type) !== status) return undefined
  if (type !== 'ContainersReady') return { type, status }
  return { type, status, lastTransitionTime: seconds(entry['lastTransitionTime'], [list, index, 'lastTransitionTime']) }
}

function containerStatus(status: Fields, list: string, index: number) {
  return {
    name: required(status['name'], [list, index, 'name']),
    containerID: text(status['containerID'], [list, index, 'containerID']),
    state: state(status['state'], [list, index, 'state']),
    lastState: state(status['lastState'], [list, index, 'lastState']),
  }
}

// One of the three; should there be two, the one that keeps the container.
function state(entry: unknown, place: Place) {
  if (entry == null) return undefined
  const { running, waiting, terminated } = record(entry, place)
  if (running != null) return { running: {} }
  if (waiting != null) return { waiting: { reason: text(record(waiting, place)['reason'], place) } }
  if (terminated != null) return { terminated: termination(record(terminated, place), place) }
  return undefined
}

function termination(entry: Fields, place: Place) {
  return { exitCode: number(entry['exitCode'], place), finishedAt: seconds(entry['finishedAt'], place) }
}

function rejectTwins(entries: readonly { readonly name: string }[] | undefined, place: string) {
  if (entries === undefined || entries.length < 2) return
  const seen = new Set<string>()
  for (const { name } of entries) {
    if (seen.has(name)) throw new TypeError(`${place}: two entries are named ${printable(name, 63)}, expected every name once`)
    seen.add(name)
  }
}

// Absent and null are the same to Kubernetes, and JSON.stringify leaves undefined out.

const NOTHING: Fields = Object.freeze({})

function record(value: unknown, place: Place): Fields {
  if (value == null) return NOTHING
  if (typeof value !== 'object' || Array.isArray(value)) throw mismatch(place, value, 'an object')
  return value as Fields // an object that is no array: any key may be asked for
}

function list<T>(value: unknown, place: string, entry: (fields: Fields, list: string, index: number) => T): T[] | undefined {
  if (value == null) return undefined
  if (!Array.isArray(value)) throw mismatch(place, value, 'a list')
  return value.map((fields: unknown, index) => entry(record(fields, [place, index]), place, index))
}

function text(value: unknown, place: Place): string | undefined {
  if (value == null) return undefined
  if (typeof value !== 'string') throw mismatch(place, value, 'text')
  return value.toWellFormed() // OPA's JSON parser takes no lone surrogates
}

function required(value: unknown, place: Place): string {
  if (typeof value !== 'string' || value === '') throw mismatch(place, value, 'a name')
  return value.toWellFormed()
}

function number(value: unknown, place: Place): number | undefined {
  if (value == null) return undefined
  if (typeof value !== 'number') throw mismatch(place, value, 'a number')
  return value
}

function flag(value: unknown, place: Place): true | undefined {
  if (value == null) return undefined
  if (typeof value !== 'boolean') throw mismatch(place, value, 'true or false')
  return value || undefined
}

function seconds(value: unknown, place: Place): number | undefined {
  const time = text(value, place)
  if (time === undefined) return undefined
  const milliseconds = Date.parse(time)
  if (Number.isNaN(milliseconds)) throw mismatch(place, value, 'an RFC 3339 time')
  return milliseconds / 1000
}

function texts(value: unknown, place: Place): readonly string[] | undefined {
  if (value == null) return undefined
  if (!Array.isArray(value)) throw mismatch(place, value, 'a list')
  const wrong: unknown = value.find(word => typeof word !== 'string')
  if (wrong !== undefined) throw mismatch(place, wrong, 'text')
  return value as readonly string[] // as was just seen
}

function textsByKey(value: unknown, place: string, isRead: (key: string) => boolean): Record<string, string> | undefined {
  const all = record(value, place)
  let picked: Record<string, string> | undefined
  for (const key in all) if (isRead(key)) (picked ??= {})[key] = text(all[key], `${place}[${key}]`) ?? ''
  return picked
}

function mismatch(place: Place, value: unknown, expected: string): TypeError {
  const found = value === undefined ? 'nothing' : printable(JSON.stringify(value), 60)
  return new TypeError(`${written(place)}: got ${found}, expected ${expected}`)
}

function written(place: Place): string {
  if (typeof place === 'string') return place
  const [list, index, key] = place
  return key === undefined ? `${list}[${index}]` : `${list}[${index}].${key}`
}
