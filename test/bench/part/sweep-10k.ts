import { connect } from '../../cluster/harness/api.ts'
import { crowd, NAMESPACE } from '../cluster/crowd.ts'
import { rawRead } from '../cluster/raw-read.ts'
import { type Findings, median, row, type Row } from '../measure.ts'
import { LISTED_BY_SETTINGS, UNLISTED } from '../pods/mix.ts'
import { probeSweep, timeSweep } from '../sweep-process.ts'
import { settingsFile } from '../temporary-file.ts'

const PODS = 10_000
const ROUNDS = 9
const LIST = `/api/v1/namespaces/${NAMESPACE}/pods?labelSelector=batch.kubernetes.io%2Fjob-name`

/** A whole sweep against the real API server beside reading the same pages and making nothing of them. */
export async function sweep10k(): Promise<Findings> {
  const connection = await connect()
  await using _ = await crowd(connection.api, PODS)
  await using everyday = await settingsFile({ sidecars: [LISTED_BY_SETTINGS] })
  await using eager = await settingsFile({ sidecars: [LISTED_BY_SETTINGS, UNLISTED], maxEndings: PODS })
  const sweep = ['-n', NAMESPACE, '--settings', everyday.path]
  const dryRun = ['-n', NAMESPACE, '--settings', eager.path, '--dry-run']
  await check(sweep, 0)
  await check(dryRun, PODS / 20)
  const { pages, bytes } = await rawRead(connection, LIST)
  const [reads, sweeps, dryRuns]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < ROUNDS; round++) {
    reads.push((await rawRead(connection, LIST)).ms)
    sweeps.push(await timeSweep({ args: sweep }))
    dryRuns.push(await timeSweep({ args: dryRun }))
  }
  return {
    rows: [timed('whole sweep, nothing to end', sweeps, reads), timed('whole dry run, 5 % to be ended', dryRuns, reads)],
    notes: [
      `sweep-10k: whole processes, start included, by wall time, beside ${pages} pages of ${PODS.toLocaleString('en-US')} pods (${(bytes / PODS / 1000).toFixed(1)} KB each) read one after the other over one connection by Node's own https, in a process that already runs; the three take turns, medians of ${ROUNDS}. Read: ${spread(reads)}; sweep: ${spread(sweeps)}; dry run: ${spread(dryRuns)}.`,
    ],
  }
}

async function check(args: readonly string[], reported: number): Promise<void> {
  const { summary } = await probeSweep({ args })
  if (summary.pods === PODS && summary.reported === reported && summary.ended + summary.failed === 0) return
  throw new Error(`Cannot measure a sweep of ${PODS} pods of which ${reported} are reported: ${JSON.stringify(summary)}`)
}

function timed(what: string, runs: readonly number[], reads: readonly number[]): Row {
  return row({
    part: 'sweep-10k',
    what: `${what}, ${PODS.toLocaleString('en-US')} pods`,
    value: { amount: median(runs) / 1000, unit: 's' },
    reference: { what: 'raw read of the same pages', amount: median(reads) / 1000, unit: 's' },
    target: { of: 'ratio', limit: 1.3, bound: 'at most' },
  })
}

function spread(ms: readonly number[]): string {
  return `${(Math.min(...ms) / 1000).toFixed(2)} to ${(Math.max(...ms) / 1000).toFixed(2)} s`
}
