import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { ask } from '../harness/api.ts'
import { openWorld } from '../harness/world.ts'
import { caseOf, runCase, type Case, type Suite } from './case.ts'
import { Histories } from './history.ts'
import { openIdentities } from './identity.ts'
import { product } from './product.ts'
import { variants, type Row } from './row.ts'
import type { SuiteOptions } from './options.ts'
import { rows } from './table.ts'
import { Tap, type Result } from './tap.ts'

/** So many cases are in the cluster at once: two cores start about three containers a second. */
const crowd = 16

/** Runs the table on the cluster of $KUBECONFIG; true when every case came out as expected. */
export async function runSuite({ only, ways, bundle: built }: SuiteOptions): Promise<boolean> {
  const began = performance.now()
  const run = randomUUID().slice(0, 6)
  const world = await openWorld()
  const { gitVersion } = await ask<{ gitVersion: string }>(world.api, '/version')
  const cases = rows.flatMap(casesOf).filter(({ title, variant }) => ways.includes(variant) && only.test(title))
  if (cases.length === 0) throw new SyntaxError(`No row matches ${only}`)
  await using identities = await openIdentities(world.connection, run)
  const bundle = await product(built ?? new URL('../../../dist/sidecar-reaper.mjs', import.meta.url).pathname, identities)
  const stop = new AbortController()
  const histories = new Histories()
  const watching = histories.watch(world.connection, run, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) throw error
  })
  const suite: Suite = { run, bundle, world, identities, histories, sweepers: new Map(), audit: auditFile() }
  const tap = new Tap(text => process.stdout.write(text), cases.length)
  await Promise.race([watching, runAll(queued(cases), suite, gitVersion, tap)])
  stop.abort()
  return tap.end(`Kubernetes ${gitVersion}`, (performance.now() - began) / 1000)
}

function casesOf(row: Row, number: number): Case[] {
  return variants.flatMap(variant => (row.expect[variant] ? [caseOf(row, variant, row.expect[variant], number)] : []))
}

/** What takes long comes first; those of one group come together, so that one sweep serves many. */
function queued(cases: readonly Case[]): Case[] {
  const rank = ({ row }: Case): number => -(row.seconds ?? 60)
  return cases.toSorted((one, other) => rank(one) - rank(other) || one.group.localeCompare(other.group))
}

async function runAll(cases: Case[], suite: Suite, gitVersion: string, tap: Tap): Promise<void> {
  const work = async (): Promise<void> => {
    for (let one = cases.shift(); one; one = cases.shift()) tap.result(await result(one, suite, gitVersion))
  }
  await Promise.all(Array.from({ length: crowd }, work))
}

async function result(one: Case, suite: Suite, gitVersion: string): Promise<Result> {
  const { needs } = one.row
  if (needs && isOlder(gitVersion, needs.kubernetes)) return { title: one.title, seconds: 0, checks: [], cannotRun: needs.why }
  const began = performance.now()
  const failure = (error: unknown) => ({ checks: [{ title: 'the case ran', problem: { expected: 'no error', found: error } }] })
  const came = await runCase(one, suite).catch(failure)
  return { title: one.title, seconds: (performance.now() - began) / 1000, ...came }
}

function isOlder(gitVersion: string, than: string): boolean {
  const minor = (text: string): number => Number(/^v?1\.(\d+)/.exec(text)?.[1])
  return minor(gitVersion) < minor(than)
}

/** Our own clusters keep it beside the kubeconfig. */
function auditFile(): string | undefined {
  const file = join(dirname(process.env['KUBECONFIG'] ?? ''), 'audit.log')
  return existsSync(file) ? file : undefined
}
