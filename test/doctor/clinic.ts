import type { Cluster } from '../../runtime/cluster.ts'
import { diagnose } from '../../runtime/doctor.ts'
import type { DoctorRecord } from '../../runtime/doctor/record.ts'
import { loadDoctorRules } from '../../runtime/doctor/rules.ts'
import { POLICY_FILES } from '../../runtime/files.ts'
import { JOB_NAME_LABEL } from '../../runtime/names.ts'
import { loadPolicy } from '../../runtime/policy.ts'
import { decodeSettings } from '../../runtime/settings/decode.ts'
import { container, stuckPod } from '../sandbox/manifests.ts'
import type { PodManifest } from '../sandbox/objects.ts'
import type { Sandbox, SandboxOptions } from '../sandbox/sandbox.ts'
import { world, type World } from '../runtime/sweep/world.ts'

/** Everything of one kind that a diagnosis says. */
export type Of<K extends DoctorRecord['kind']> = Extract<DoctorRecord, { readonly kind: K }>

export interface Diagnosis {
  readonly records: readonly DoctorRecord[]
  of<K extends DoctorRecord['kind']>(kind: K): readonly Of<K>[]
  readonly summary: Of<'summary'>
}

export interface DiagnosisRequest {
  readonly settings?: object
  /** Default: shop; null: all. */
  readonly namespace?: string | null
  readonly asked?: Cluster
}

export interface Clinic extends World {
  diagnose(request?: DiagnosisRequest): Promise<Diagnosis>
}

/** A sandbox with a namespace shop, and the doctor in it. */
export async function clinic(
  t: Parameters<typeof world>[0],
  options: SandboxOptions = {},
  labels: Record<string, string> = {},
): Promise<Clinic> {
  const here = await world(t, options)
  here.sandbox.addNamespace('shop', labels)
  return { ...here, diagnose: (request = {}) => diagnosis(here.cluster, request) }
}

const calm = new AbortController().signal

async function diagnosis(
  cluster: Cluster,
  { settings: given = {}, namespace = 'shop', asked = cluster }: DiagnosisRequest,
): Promise<Diagnosis> {
  const settings = decodeSettings({ settle: '0s', ...given }, 'settings')
  const [policy, rules] = await Promise.all([
    loadPolicy(POLICY_FILES, settings, { namespace: null, sweep: 'doctor' }),
    loadDoctorRules(POLICY_FILES, settings),
  ])
  const scope = { labelSelector: JOB_NAME_LABEL, ...(namespace === null ? {} : { namespace }) }
  const records: DoctorRecord[] = []
  for await (const record of diagnose(cluster, { scope, settings, rules, policy, asked }, calm)) records.push(record)
  const of = <K extends DoctorRecord['kind']>(kind: K) => records.filter((record): record is Of<K> => record.kind === kind)
  const [summary] = of('summary')
  if (summary === undefined) throw new Error('The diagnosis has no summary')
  return { records, of, summary }
}

type Fields = Readonly<Record<string, unknown>>

export interface Made {
  readonly namespace?: string
  readonly annotations?: Readonly<Record<string, string>>
  /** Added to the pod's spec. */
  readonly spec?: Fields
}

/** The annotation by which the proxy is a sidecar. */
export const LISTED = { 'sidecar-reaper/sidecars': 'proxy' }

/** A pod of that Job whose main has finished while its proxy runs on. */
export function podOf(job: string, name: string, { namespace = 'shop', annotations = LISTED, spec = {} }: Made = {}): PodManifest {
  const pod = stuckPod(job, { namespace, annotations })
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: job, uid: job, controller: true }]
  return { ...pod, metadata: { ...pod.metadata, name, ownerReferences }, spec: { ...pod.spec, ...spec } }
}

/** The same pod before its main has ended. */
export function running(pod: PodManifest): PodManifest {
  const state = { running: { startedAt: '2026-01-01T00:00:00Z' } }
  const containerStatuses = (pod.status?.containerStatuses ?? []).map(one => ({ ...one, state }))
  return { ...pod, status: { ...pod.status, containerStatuses } }
}

/** Of the containers main and proxy. */
function template({ annotations = LISTED, spec = {} }: Made) {
  const containers = [container('main'), container('proxy')]
  return { metadata: { annotations }, spec: { restartPolicy: 'Never', containers, ...spec } } as const
}

/** A Job that makes no pods by itself. */
export function addJob(sandbox: Sandbox, name: string, made: Made & { readonly cronJob?: string; readonly status?: Fields } = {}): void {
  const { namespace = 'shop', cronJob, status } = made
  const ownerReferences =
    cronJob === undefined ? [] : [{ apiVersion: 'batch/v1', kind: 'CronJob', name: cronJob, uid: cronJob, controller: true }]
  const spec = { template: template(made), parallelism: 0 }
  sandbox.addJob({ metadata: { name, namespace, ownerReferences }, spec, ...(status && { status }) })
}

export function addCronJob(
  sandbox: Sandbox,
  name: string,
  made: Made & { readonly cron?: Fields; readonly active?: readonly string[] } = {},
): void {
  const { namespace = 'shop', cron = {}, active = [] } = made
  const spec = { schedule: '*/5 * * * *', jobTemplate: { spec: { template: template(made) } }, ...cron }
  const status = { active: active.map(name => ({ name })), lastScheduleTime: '2026-01-01T00:00:00Z' }
  sandbox.addCronJob({ metadata: { name, namespace }, spec, status })
}
