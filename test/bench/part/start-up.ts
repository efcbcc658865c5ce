import { type Findings, row } from '../measure.ts'
import { startServer } from '../servers/process.ts'
import { probeSweep, timeNode, timeSweep } from '../sweep-process.ts'

const RUNS = 10

/** A whole `sweep` of an empty namespace beside a Node that does nothing. */
export async function startUp(): Promise<Findings> {
  await using server = await startServer('stub', '0')
  const { summary } = await probeSweep(server)
  if (summary.pods !== 0) throw new Error(`Cannot measure an empty sweep: it saw ${summary.pods} pods`)
  const [sweeps, bare]: [number[], number[]] = [[], []]
  for (let run = 0; run < RUNS; run++) {
    bare.push(await timeNode(['-e', '0']))
    sweeps.push(await timeSweep(server))
  }
  return {
    rows: [
      row({
        part: 'start-up',
        what: 'sweep of an empty namespace',
        value: { amount: Math.min(...sweeps), unit: 'ms' },
        reference: { what: 'node -e 0', amount: Math.min(...bare), unit: 'ms' },
        target: { of: 'ratio', limit: 7, bound: 'at most' },
      }),
    ],
    notes: [`start-up: whole processes by wall time, taking turns; the best of ${RUNS} each. The API server is a stub in another process.`],
  }
}
