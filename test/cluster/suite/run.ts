import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ask } from '../harness/api.ts'
import { openWorld } from '../harness/world.ts'
import { rows as sidecarRows } from '../sidecars/rows.ts'
import { runCase, type Case, type Suite } from './case.ts'
import { openGuest } from './guest.ts'
import { Histories } from './history.ts'
import { openIdentities } from './identity.ts'
import { product } from './product.ts'
import { askedFor, planned } from './plan.ts'
import type { SuiteOptions } from './options.ts'
import { rows } from './table.ts'
import { Tap, type Result } from './tap.ts'

/** So many cases are in the cluster at once: two cores start about three containers a second. */
const crowd = 16

/** Runs the table on a context's cluster, or on that of $KUBECONFIG, which is ours; true when every case came out as expected. */
export async function runSuite(options: SuiteOptions): Promise<boolean> {
  const cases = askedFor(options, options.sidecars ? sidecarRows : rows)
  const run = randomUUID().slice(0, 6)
  if (options.context === undefined) return runCases(cases, run, options, { world: await openWorld(), site: {} })
  await using guest = await openGuest(options.context, options.registry, run)
  return await runCases(cases, run, options, guest)
}

async function runCases(
  cases: readonly Case[],
  run: string,
  options: SuiteOptions,
  { world, site }: Pick<Suite, 'world' | 'site'>,
): Promise<boolean> {
  const began = performance.now()
  const { gitVersion } = await ask<{ gitVersion: string }>(world.api, '/version')
  const plan = planned(cases, gitVersion)
  await using identities = await openIdentities(world.connection, run)
  const bundle = await product(options.bundle ?? new URL('../../../dist/sidecar-reaper.mjs', import.meta.url).pathname, identities)
  const stop = new AbortController()
  const histories = new Histories()
  const watching = histories.watch(world.connection, run, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  const audit = options.context === undefined ? auditFile() : undefined
  const suite: Suite = { run, bundle, world, site, identities, histories, sweepers: new Map(), audit }
  const tap = new Tap(text => process.stdout.write(text), plan)
  await Promise.race([watching, runAll(queued(plan.cases), suite, tap)])
  stop.abort()
  return tap.end(
    `Kubernetes ${gitVersion}${audit === undefined ? ', which does not tell what sweeps asked it for' : ''}`,
    (performance.now() - began) / 1000,
  )
}

/** What takes long comes first; those of one group come together, so that one sweep serves many. */
function queued(cases: readonly Case[]): Case[] {
  const rank = ({ row }: Case): number => -(row.seconds ?? 60)
  return cases.toSorted((one, other) => rank(one) - rank(other) || one.group.localeCompare(other.group))
}

async function runAll(cases: Case[], suite: Suite, tap: Tap): Promise<void> {
  const work = async (): Promise<void> => {
    for (let one = cases.shift(); one; one = cases.shift()) tap.result(await result(one, suite))
  }
  await Promise.all(Array.from({ length: crowd }, work))
}

/**
 * A case that did not come out has a second go where the kubelet took a phase back, so that its Job's controller saw the pod
 * end and may have begun the next one, or where the node was slow to show an end (facts that no sweep can change; the README
 * says so of the first). It is said and counted.
 */
async function result(one: Case, suite: Suite): Promise<Result> {
  const began = performance.now()
  const came = await attempt(one, suite)
  const repeated = came.checks.some(({ problem }) => problem) ? came.disturbance : ''
  const last = repeated ? await attempt({ ...one, id: `${one.id}-again` }, suite) : came
  const relapses = repeated ? (came.relapses ?? 0) + (last.relapses ?? 0) : came.relapses
  return {
    title: one.title,
    seconds: (performance.now() - began) / 1000,
    ...last,
    ...(repeated && { repeated: { why: repeated, checks: came.checks, timeline: came.timeline } }),
    ...(relapses && { relapses }),
  }
}

function attempt(one: Case, suite: Suite): ReturnType<typeof runCase> {
  return runCase(one, suite).catch((error: unknown) => ({
    checks: [{ title: 'the case ran', problem: { expected: 'no error', found: error } }],
  }))
}

/** Our own clusters keep it beside the kubeconfig. */
function auditFile(): string {
  const file = join(dirname(process.env['KUBECONFIG'] ?? ''), 'audit.log')
  if (existsSync(file)) return file
  throw new Error(
    `Cannot run the suite: there is no ${file}. The cluster is from before it was kept: take it down, and run the suite again`,
  )
}
