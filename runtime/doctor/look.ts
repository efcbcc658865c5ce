import type { CronJob, Job, PodTemplate } from '../batch.ts'
import type { Cluster, ClusterError, Scope } from '../cluster.ts'
import type { DoctorOptions } from '../doctor.ts'
import type { Pod } from '../pod.ts'
import { PolicyError } from '../policy.ts'
import { type Judge, judgeBy } from '../sweep/judge.ts'
import { Candidates } from './admission.ts'
import { type Around, landscapeOf, namespaceOf } from './around.ts'
import { blockedBy } from './blocked.ts'
import { Findings, type Sight } from './findings.ts'
import type { Gaps } from './gaps.ts'
import { hasFinished, ownerOfJob, Owners } from './owners.ts'
import { type Listing, objects } from './pages.ts'
import type { BlockedRecord } from './record.ts'
import type { DoctorRules, Inspected, InspectionContext } from './rules.ts'

/** What a look needs beside what it is asked for. */
export interface Tools {
  readonly around: Around
  readonly gaps: Gaps
  readonly signal: AbortSignal
}

/** What is kept of all that was looked at. */
export interface Seen {
  readonly findings: Findings
  /** By the Job that blocks. */
  readonly blocked: ReadonlyMap<string, BlockedRecord>
  readonly candidates: Candidates
  readonly counts: { readonly pods: number; readonly jobs: number; readonly cronJobs: number }
}

/**
 * Looks at every CronJob, Job and pod in scope, a page of them in memory. In this order: who made a pod is then known.
 * @throws {ClusterError} when none of them may be read
 */
export async function look(cluster: Cluster, options: DoctorOptions, tools: Tools): Promise<Seen> {
  const { scope, settings, policy } = options
  const { around, gaps, signal } = tools
  const round = new Round(
    options,
    around,
    judgeBy(policy, landscapeOf(around), () => cluster.now()),
  )
  const each = async <T>(listing: Listing<T>, visit: (object: T) => void): Promise<ClusterError | undefined> => {
    const all = objects(listing, scope, around, gaps)
    for (;;) {
      const { value, done } = await all.next()
      if (done === true) return value
      visit(value)
    }
  }
  const isOfJobs = settings.owners.some(owner => owner === 'Job' || owner === 'any')
  const cronJobs = isOfJobs ? await each(batchOf<CronJob>('cronjobs', cluster, signal), one => round.visitCronJob(one)) : undefined
  // The template of a Job that a CronJob made has been looked at, unless no CronJob could be.
  const visit = (job: Job) => round.visitJob(job, { hasSeenCronJobs: cronJobs === undefined })
  const jobs = isOfJobs ? await each(batchOf<Job>('jobs', cluster, signal), visit) : undefined
  const pods = await each(podsOf(cluster, signal), pod => round.visitPod(pod))
  if (pods !== undefined && (!isOfJobs || (cronJobs !== undefined && jobs !== undefined))) throw pods
  return round
}

/** One round over what lives in a cluster. */
class Round implements Seen {
  readonly findings = new Findings()
  readonly candidates = new Candidates()
  readonly blocked = new Map<string, BlockedRecord>()
  readonly counts = { pods: 0, jobs: 0, cronJobs: 0 }
  readonly #owners = new Owners()
  readonly #rules: DoctorRules
  readonly #around: Around
  readonly #judge: Judge
  readonly #onObject: () => void

  constructor({ rules, onObject = () => {} }: DoctorOptions, around: Around, judge: Judge) {
    this.#rules = rules
    this.#around = around
    this.#judge = judge
    this.#onObject = onObject
  }

  visitCronJob(cronJob: CronJob): void {
    this.counts.cronJobs++
    this.#owners.addCronJob(cronJob)
    const { name = '', namespace = '' } = cronJob.metadata ?? {}
    this.#inspectTemplate({ namespace, owner: { kind: 'CronJob', name }, pod: null }, cronJob.spec?.jobTemplate?.spec?.template)
  }

  visitJob(job: Job, { hasSeenCronJobs }: { readonly hasSeenCronJobs: boolean }): void {
    if (hasFinished(job)) return
    this.counts.jobs++
    this.#owners.addJob(job)
    const owner = ownerOfJob(job)
    if (owner.kind === 'CronJob' && hasSeenCronJobs) return
    this.#inspectTemplate({ namespace: job.metadata?.namespace ?? '', owner, pod: null }, job.spec?.template)
  }

  visitPod(pod: Pod): void {
    this.counts.pods++
    const { name = '', namespace = '', labels = {} } = pod.metadata ?? {}
    const template = this.#owners.templateOf(pod)
    const context = { isTemplate: false, written: template?.written ?? null, natives: template?.natives ?? [] }
    this.#inspect({ namespace, owner: this.#owners.ofPod(pod), pod: { name, labels } }, pod, context)
    const subject = this.#judge(pod)
    this.candidates.add(subject)
    const blocked = blockedBy(pod, subject.verdict, this.#owners)
    const key = `${namespace}/${blocked?.job}`
    if (blocked !== null && !this.blocked.has(key)) this.blocked.set(key, blocked)
  }

  #inspectTemplate(sight: Sight, template: PodTemplate | undefined): void {
    const metadata = { ...template?.metadata, namespace: sight.namespace }
    this.#inspect(sight, { metadata, spec: template?.spec ?? {} }, { isTemplate: true, written: null, natives: [] })
  }

  #inspect(sight: Sight, pod: Pod, context: Omit<InspectionContext, 'namespace'>): void {
    this.#onObject()
    this.findings.add(sight, inspectedBy(this.#rules, pod, { ...context, namespace: namespaceOf(this.#around, sight.namespace) }))
  }
}

/** One pod or template that cannot be judged is unclear, and the rest goes on. */
function inspectedBy(rules: DoctorRules, pod: Pod, context: InspectionContext): Inspected {
  try {
    return rules.inspected(rules.facts(pod), context)
  } catch (error) {
    if (error instanceof TypeError || error instanceof PolicyError) return { sidecars: [], stripped: [], unclear: error.message }
    throw error
  }
}

/** Jobs or CronJobs; all their fields are optional in our types, because they are a stranger's. */
function batchOf<T extends Job | CronJob>(resource: 'jobs' | 'cronjobs', cluster: Cluster, signal: AbortSignal): Listing<T> {
  const pages = async function* (scope: Scope) {
    for await (const { items } of cluster.objectPages({ group: 'batch', version: 'v1', resource }, scope, signal))
      yield items as readonly T[]
  }
  return { resource, pages, key: identity }
}

function podsOf(cluster: Cluster, signal: AbortSignal): Listing<Pod> {
  const pages = async function* (scope: Scope) {
    for await (const { pods } of cluster.podPages(scope, signal)) yield pods
  }
  return { resource: 'pods', pages, key: identity }
}

function identity({ metadata }: Pick<Pod, 'metadata'> | Pick<Job, 'metadata'>): string {
  return metadata?.uid ?? `${metadata?.namespace ?? ''}/${metadata?.name ?? ''}`
}
