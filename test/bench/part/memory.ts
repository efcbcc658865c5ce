import { type Findings, median, row, type Row } from '../measure.ts'
import { startServer } from '../servers/process.ts'
import { probeSweep } from '../sweep-process.ts'

const [FEW, MANY] = [10_000, 50_000]
const RUNS = 5

/** The most memory that a dry run over many pods ever holds, and what each further pod adds to it. */
export async function memory(): Promise<Findings> {
  const [few, many] = [await peak(FEW), await peak(MANY)]
  const mb = (what: string, bytes: number): Row => row({ part: 'memory', what, value: { amount: bytes / 1e6, unit: 'MB' } })
  return {
    rows: [
      mb(`peak at ${FEW.toLocaleString('en-US')} pods`, few),
      mb(`peak at ${MANY.toLocaleString('en-US')} pods`, many),
      row({
        part: 'memory',
        what: `each pod beyond ${FEW.toLocaleString('en-US')}`,
        value: { amount: (many - few) / (MANY - FEW), unit: 'B/pod' },
        target: { of: 'value', limit: 1500, bound: 'below' },
      }),
    ],
    notes: [
      `memory: the highest resident size of a sweep's process (getrusage) in a dry run over 95 % running mains, 5 % finished ones (4 of 5 to be ended); the median of ${RUNS} runs. The API server is a stub in another process.`,
    ],
  }
}

async function peak(count: number): Promise<number> {
  await using server = await startServer('stub', String(count))
  const options = { kubeconfig: server.kubeconfig, args: ['--dry-run'] }
  const peaks: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const { summary, peakBytes } = await probeSweep(options)
    if (summary.pods !== count) throw new Error(`Cannot measure a sweep of ${count} pods: it saw ${summary.pods}`)
    peaks.push(peakBytes)
  }
  return median(peaks)
}
