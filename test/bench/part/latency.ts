import { openWorld, type Scenario, type World } from '../../cluster/harness/world.ts'
import { type JobEnd, runJob } from '../cluster/job-run.ts'
import { type Findings, median, type Quantity, row, type Row, type Target } from '../measure.ts'
import { sweepComplaint } from '../sweep-process.ts'
import { settingsFile } from '../temporary-file.ts'

const RUNS = 10
const FASTER: Target = { of: 'ratio', limit: 1, bound: 'below' }

/** From a main's exit to the end of its Job, by stage, with one sweep after the other, beside the same Job with a native sidecar. */
export async function latency(): Promise<Findings> {
  const world = await openWorld()
  await using native = await world.scenario('bench-native')
  await using plain = await world.scenario('bench-default')
  await using eager = await world.scenario('bench-settle-0')
  await using unsettled = await settingsFile({ settle: '0s' })
  const ends = { native: [] as JobEnd[], plain: [] as JobEnd[], eager: [] as JobEnd[] }
  const complaints = { plain: [] as string[], eager: [] as string[] }
  for (let run = 0; run < RUNS; run++) {
    // The kubelet looks in steps of a second: the mains end all over it.
    const options = { name: `run-${run}`, mainSeconds: 1 + run / RUNS }
    ends.native.push(await runJob(world.connection, native, { ...options, isNative: true }))
    ends.plain.push(await swept(world, plain, [], options, complaints.plain))
    ends.eager.push(await swept(world, eager, ['--settings', unsettled.path], options, complaints.eager))
  }
  return {
    rows: [
      ...rows('default settings', ends.plain, ends.native),
      failed('default settings', complaints.plain),
      ...rows('settle 0s', ends.eager, ends.native),
      failed('settle 0s', complaints.eager),
    ],
    notes: [
      `latency: a Job whose sidecar exits 143 when it is told, on the real cluster, one sweep of its namespace started as soon as the last has ended; taking turns with the same Job with a native sidecar and no sweeps; medians of ${RUNS} and the worst. The main's exit and TERM by the containers' own clocks, the rest as watches show it. A Job may be Complete before its sidecar is told: the phase of its pod is terminal from the patch on.`,
      ...Object.values(complaints).flatMap(said => said.map(complaint => `latency, a sweep failed: ${complaint}`)),
    ],
  }
}

function failed(setting: string, complaints: readonly string[]): Row {
  const target: Target = { of: 'value', limit: 0, bound: 'at most' }
  return row({ part: 'latency', what: `${setting}: sweeps that failed`, value: { amount: complaints.length, unit: 'sweeps' }, target })
}

/** Runs a Job while one sweep follows the other. */
async function swept(
  world: World,
  scenario: Scenario,
  args: readonly string[],
  options: { readonly name: string; readonly mainSeconds: number },
  complaints: string[],
): Promise<JobEnd> {
  let isOver = false
  const job = runJob(world.connection, scenario, { ...options, isNative: false }).finally(() => (isOver = true))
  const sweeps = async (): Promise<void> => {
    while (!isOver) {
      const complaint = await sweepComplaint({ args: ['-n', scenario.namespace, ...args] })
      if (complaint !== undefined) complaints.push(complaint)
    }
  }
  const [end] = await Promise.all([job, sweeps()])
  return end
}

function rows(setting: string, ours: readonly JobEnd[], native: readonly JobEnd[]): readonly Row[] {
  const stage = (what: string, of: (end: JobEnd) => number, target?: Target): Row => {
    const reference = amounts(native.map(of))
    return row({
      part: 'latency',
      what: `${setting}: ${what}`,
      value: amounts(ours.map(of)),
      ...(Number.isNaN(reference.amount) ? {} : { reference: { what: 'native sidecar', ...reference } }),
      ...(target ? { target } : {}),
    })
  }
  return [
    stage("main's exit to its status at the API", end => end.visible),
    stage('from there to the patch', end => end.patched - end.visible),
    stage("from the patch to the sidecar's TERM", end => end.told - end.patched),
    stage('from the patch to the Job Complete', end => end.complete - end.patched),
    stage("main's exit to the sidecar's TERM", end => end.told),
    stage("main's exit to the Job Complete", end => end.complete, FASTER),
  ]
}

function amounts(ms: readonly number[]): Quantity {
  return { amount: median(ms) / 1000, worst: Math.max(...ms) / 1000, unit: 's' }
}
