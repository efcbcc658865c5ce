import { type Findings, row, type Row } from '../measure.ts'
import { startServer } from '../servers/process.ts'
import { probeSweep } from '../sweep-process.ts'
import { settingsFile } from '../temporary-file.ts'

const PODS = 1_000
const GRACE_SECONDS = 30

/** A thousand stuck pods ended by one sweep, beside the grace that their sidecars may take. */
export async function leftovers(): Promise<Findings> {
  return {
    rows: [...(await ended('complete')), ...(await ended('signal'))],
    notes: [
      `leftovers: one sweep with maxEndings ${PODS} against the sandbox in another process, containers in memory, on 50 nodes, grace ${GRACE_SECONDS} s. By complete, every other sidecar is deaf to TERM and so is killed, the rest end a second before their grace does; by signal, all do that, with 0. Calls in flight as the sweep's own process sees them, watches left out; one run each.`,
    ],
  }
}

async function ended(way: 'complete' | 'signal'): Promise<readonly Row[]> {
  await using settings = await settingsFile({ maxEndings: PODS })
  await using server = await startServer('sandbox', String(PODS), String(GRACE_SECONDS), way)
  const { summary, ms, mostCalls } = await probeSweep({ ...server, args: ['--settings', settings.path] })
  if (summary.ended !== PODS) throw new Error(`Cannot measure ${PODS} endings: ${JSON.stringify(summary)}`)
  return [
    row({
      part: 'leftovers',
      what: `1,000 ended in one sweep, by ${way}`,
      value: { amount: ms / 1000, unit: 's' },
      reference: { what: 'one grace', amount: GRACE_SECONDS, unit: 's' },
      target: { of: 'ratio', limit: 1.2, bound: 'at most' },
    }),
    row({
      part: 'leftovers',
      what: `calls in flight at most, by ${way}`,
      value: { amount: mostCalls, unit: 'calls' },
      target: { of: 'value', limit: 8, bound: 'at most' },
    }),
  ]
}
