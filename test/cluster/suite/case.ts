import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from '../harness/api.ts'
import { eventually } from '../harness/eventually.ts'
import type { Scenario, World } from '../harness/world.ts'
import { auditEntries } from './audit.ts'
import { check } from './check.ts'
import type { Check } from './comparison.ts'
import { disturbance } from './disturbance.ts'
import { relapses } from './relapse.ts'
import { stories, type Evidence } from './evidence.ts'
import { latest, type Histories, type PodHistory } from './history.ts'
import type { Identities } from './identity.ts'
import { groupLabel, labelled, runLabel } from './labels.ts'
import type { Expectation, Row, Variant } from './row.ts'
import type { Stage } from './stage.ts'
import type { Site } from './site.ts'
import { recordsOf, startSweep, type SweepRun, type SweepScope } from './sweep.ts'
import type { Result } from './tap.ts'
import { timeline } from './timeline.ts'
import { Sweeper } from './sweeper.ts'

/** A row under one set of ways. */
export type Case = Readonly<{ id: string; title: string; row: Row; variant: Variant; expectation: Expectation; group: string }>

/** What the cases of one run share. */
export type Suite = Readonly<{
  run: string
  /** The product's one file. */
  bundle: string
  world: World
  site: Site
  identities: Identities
  histories: Histories
  sweepers: Map<string, Sweeper>
  /** Where the API server keeps what sweeps asked for, if it does. */
  audit: string | undefined
}>

/** Cases that one sweep may serve have the same group: same settings, same rights, and nothing slow among the quick. */
export function caseOf(row: Row, variant: Variant, expectation: Expectation, number: number): Case {
  const id = `${slug(row.title)}-${variant}-${number}`
  const shared = JSON.stringify([variant, row.settings, row.rights, row.isSlow])
  const isAlone = row.script !== undefined || row.isSwept === false
  const group = isAlone ? id : `${variant}-${createHash('sha256').update(shared).digest('hex').slice(0, 8)}`
  return { id, title: `${row.title} · ${variant}`, row, variant, expectation, group }
}

/** Creates the row's objects, sweeps until what is expected has come to be, and goes on for as long as it could be undone. */
export async function runCase(one: Case, suite: Suite): Promise<Pick<Result, 'checks' | 'timeline' | 'relapses' | 'disturbance'>> {
  const { row, expectation, variant } = one
  await using scenario = await suite.world.scenario(slug(row.title), {
    ...(row.namespace === undefined ? {} : { namespace: row.namespace }),
    labels: row.namespaceLabels ?? {},
  })
  const own: SweepRun[] = []
  const sweeper = sweeperOf(one, suite)
  const evidence = (more: Partial<Evidence> = {}): Evidence => gather(one, suite, scenario, [...own, ...sweeper.runs], more)
  const stage = stageOf(one, suite, scenario, own)
  const began = new Date()
  await scenario.apply(...labelled(row.objects(stage), { run: suite.run, case: one.id, group: one.group }, suite.site))
  await row.script?.(stage)
  await using _ = row.isSwept === false ? undefined : sweeper.use()
  const during = row.during?.(stage)
  const look = (more?: Partial<Evidence>): Check[] => check(row, expectation, variant, evidence(more))
  const isWell = (): boolean => look().every(({ problem }) => !problem)
  const isHopeless = (): boolean =>
    sweeper.runs.filter(({ exit, records }) => exit !== undefined && records.at(-1)?.kind !== 'summary').length >= 3
  await until(() => isHopeless() || isWell(), (row.seconds ?? 60) * 1000)
  await during
  if (isWell()) await watchOn(row, expectation, sweeper)
  const events = await writtenEvents(one, suite, scenario)
  const calls = auditEntries(suite.audit, suite.identities.namespace)?.filter(entry => isOf(entry, scenario.namespace, evidence().pods))
  const runs = evidence().runs.filter(({ ended }) => ended === undefined || ended > began)
  return {
    checks: look({ events, calls, runs }),
    timeline: timeline(evidence({ runs })),
    relapses: relapses(evidence()),
    disturbance: disturbance(evidence(), new Date(), { isOurCluster: suite.audit !== undefined }),
  }
}

function sweeperOf(one: Case, suite: Suite): Sweeper {
  const { sweepers } = suite
  const { group } = one
  const known = sweepers.get(group)
  if (known) return known
  const made = new Sweeper(scopeOf(one, suite))
  sweepers.set(group, made)
  return made
}

function scopeOf({ group, row, variant }: Case, { identities, bundle, run }: Suite): SweepScope {
  return {
    bundle,
    kubeconfig: identities.kubeconfig(row.rights ?? variant),
    settings: settingsFile(row, variant, group, identities),
    selector: `${runLabel}=${run},${groupLabel}=${group}`,
  }
}

function settingsFile({ settings }: Row, variant: Variant, group: string, { directory }: Identities): string {
  const file = join(directory, `${group}.settings.json`)
  writeFileSync(file, JSON.stringify({ ...(variant === 'all' ? {} : { ways: [variant] }), ...settings }))
  return file
}

async function until(isWell: () => boolean, milliseconds: number): Promise<void> {
  for (const end = Date.now() + milliseconds; !isWell() && Date.now() < end;) await sleep(300)
}

/** An ended pod stays ended for two more sweeps; one that is to be kept gets every chance to be ended, its grace included. */
async function watchOn({ isSwept, settle = 2 }: Row, { outcomes }: Expectation, { runs }: Sweeper): Promise<void> {
  const isKept = !outcomes.some(outcome => String(outcome).startsWith('ended'))
  const from = new Date()
  const sweeps = isSwept === false ? 0 : isKept ? 4 : 2
  const hasSwept = (): boolean => runs.filter(({ started, ended }) => started > from && ended).length >= sweeps
  const graceSeconds = 3
  const end = Date.now() + (isKept ? settle + graceSeconds + 1 : 1) * 1000
  await until(() => Date.now() >= end && hasSwept(), 30_000)
}

function gather(
  { id }: Case,
  { histories, world }: Suite,
  { directory, namespace }: Scenario,
  runs: readonly SweepRun[],
  more: Partial<Evidence>,
): Evidence {
  const pods = histories.pods(id)
  const uids = new Set(pods.map(pod => latest(pod).metadata.uid))
  const isOurs = ({ uid }: { uid: string }): boolean => uids.has(uid)
  const all = more.runs ?? runs
  const concerned = all.filter(({ records }) => records.some(record => 'uid' in record && isOurs(record)))
  return {
    namespace,
    jobs: histories.jobs(id),
    pods,
    lines: world.shelf.events(directory).filter(({ pod }) => uids.has(pod)),
    runs: all,
    verdicts: recordsOf(all, 'verdict').filter(isOurs),
    outcomes: recordsOf(all, 'outcome').filter(isOurs),
    summaries: recordsOf(concerned, 'summary'),
    ...more,
  }
}

function stageOf(one: Case, suite: Suite, scenario: Scenario, own: SweepRun[]): Stage {
  const { histories, world } = suite
  const pods = (): PodHistory[] => histories.pods(one.id)
  return {
    // In a namespace of the row's own, any name is free.
    name: one.row.namespace === undefined ? slug(one.row.title) : `${slug(one.row.title)}-${one.variant}-${suite.run}`,
    namespace: scenario.namespace,
    directory: scenario.directory,
    api: world.api,
    connection: world.connection,
    identities: suite.identities,
    rights: one.row.rights ?? one.variant,
    apply: (...manifests) => scenario.apply(...labelled(manifests, { run: suite.run, case: one.id, group: one.group }, suite.site)),
    pods,
    jobs: () => histories.jobs(one.id),
    until: async (what, isAsked) => void (await eventually(what, async () => pods(), isAsked)),
    sweep({ kubeconfig, flags } = {}) {
      const scope = scopeOf(one, suite)
      const sweep = startSweep({ ...scope, kubeconfig: kubeconfig ?? scope.kubeconfig }, flags)
      own.push(sweep.run)
      return sweep
    },
    story: actor => stories({ pods: pods(), lines: world.shelf.events(scenario.directory) })[actor] ?? '',
  }
}

type WrittenEvent = Readonly<{ reason: string; reportingController?: string; regarding: { kind: string; name: string } }>

async function writtenEvents(one: Case, { world, histories }: Suite, { namespace }: Scenario): Promise<string[]> {
  const names = new Set(
    [...histories.pods(one.id), ...histories.jobs(one.id)].map(history => latest<{ metadata: { name: string } }>(history).metadata.name),
  )
  const { items } = await ask<{ items: WrittenEvent[] }>(world.api, `/apis/events.k8s.io/v1/namespaces/${namespace}/events`)
  return items
    .filter(({ reportingController, regarding }) => reportingController === 'sidecar-reaper' && names.has(regarding.name))
    .map(({ regarding, reason }) => `${regarding.kind} ${reason}`)
}

function isOf(
  { objectRef }: { objectRef: { namespace?: string; name?: string; resource: string } },
  namespace: string,
  pods: readonly PodHistory[],
): boolean {
  if (objectRef.namespace !== namespace) return false
  return objectRef.resource !== 'pods' || namespace !== 'kube-system' || pods.some(pod => latest(pod).metadata.name === objectRef.name)
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replaceAll(/^-|-$/g, '')
}
