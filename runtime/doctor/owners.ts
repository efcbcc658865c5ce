import type { CronJob, Job, PodTemplate } from '../batch.ts'
import type { OwnerReference, Pod } from '../pod.ts'
import type { Owner } from './record.ts'

/** What is kept of a CronJob whose runs wait for one another. */
export interface Waiting {
  readonly name: string
  readonly schedule: string | null
  readonly lastSchedule: string | null
}

/** What is kept of a Job that has not finished. */
interface KnownJob {
  readonly owner: Owner
  readonly written: readonly string[]
  readonly natives: readonly string[]
}

/** Who makes the pods, and what its template says; kept of Jobs that have not finished, and of CronJobs that they block. */
export class Owners {
  readonly #jobs = new Map<string, KnownJob>()
  readonly #waiting = new Map<string, Waiting>()

  /** Notes the Jobs without whose end the CronJob starts no other; one that is suspended starts none anyway. */
  addCronJob({ metadata, spec, status }: CronJob): void {
    if (spec?.concurrencyPolicy !== 'Forbid' || spec.suspend === true) return
    const waiting = { name: metadata?.name ?? '', schedule: spec.schedule ?? null, lastSchedule: status?.lastScheduleTime ?? null }
    for (const { name = '' } of status?.active ?? []) this.#waiting.set(keyOf(metadata?.namespace, name), waiting)
  }

  addJob(job: Job): void {
    const { metadata, spec } = job
    this.#jobs.set(keyOf(metadata?.namespace, metadata?.name), { owner: ownerOfJob(job), ...containersOf(spec?.template) })
  }

  /** Who made a pod: the CronJob of its Job, if it has one. */
  ofPod(pod: Pod): Owner {
    const job = jobOf(pod)
    const owner = controllerOf(pod.metadata?.ownerReferences)
    if (job === undefined) return owner ?? { kind: 'Pod', name: pod.metadata?.name ?? '' }
    return this.#jobs.get(job.key)?.owner ?? { kind: 'Job', name: job.name }
  }

  /** The names that the template of a pod's Job has; null where that is not known. */
  templateOf(pod: Pod): Pick<KnownJob, 'written' | 'natives'> | null {
    const job = jobOf(pod)
    return (job && this.#jobs.get(job.key)) ?? null
  }

  /** The Job of a pod, and the CronJob that waits for its end. */
  waitingFor(pod: Pod): { readonly job: string; readonly cronJob: Waiting } | null {
    const job = jobOf(pod)
    const cronJob = job && this.#waiting.get(job.key)
    return job && cronJob ? { job: job.name, cronJob } : null
  }
}

/** Who makes a Job, or else the Job itself. */
export function ownerOfJob({ metadata }: Job): Owner {
  return controllerOf(metadata?.ownerReferences) ?? { kind: 'Job', name: metadata?.name ?? '' }
}

export function hasFinished({ status }: Job): boolean {
  return status?.conditions?.some(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True') ?? false
}

function jobOf({ metadata }: Pod): { readonly name: string; readonly key: string } | undefined {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true)
  if (owner?.kind !== 'Job' || !owner.apiVersion?.startsWith('batch/') || owner.name === undefined) return undefined
  return { name: owner.name, key: keyOf(metadata?.namespace, owner.name) }
}

function controllerOf(references: readonly OwnerReference[] | undefined): Owner | undefined {
  const owner = references?.find(({ controller }) => controller === true)
  return owner && { kind: owner.kind ?? '', name: owner.name ?? '' }
}

function containersOf(template: PodTemplate | undefined): Pick<KnownJob, 'written' | 'natives'> {
  const { containers = [], initContainers = [] } = template?.spec ?? {}
  const names = (list: typeof containers) => list.flatMap(({ name }) => name ?? [])
  return { written: names(containers), natives: names(initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always')) }
}

function keyOf(namespace = '', name = ''): string {
  return `${namespace}/${name}`
}
