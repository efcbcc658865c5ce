import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import type { Outcome, Summary, SweepRecord, VerdictRecord } from '../../../runtime/outcome.ts'

export type SweepOptions = { kubeconfig?: string; flags?: readonly string[] }

/** Who sweeps, by which settings, which pods. */
export type SweepScope = Readonly<{
  /** The product as users run it: one file. */
  bundle: string
  kubeconfig: string
  settings: string
  selector: string
}>

/** One sweep and all that it said. */
export type SweepRun = {
  readonly started: Date
  readonly records: readonly SweepRecord[]
  /** Undefined while it runs. */
  ended?: Date
  /** The exit code, or the signal that ended it. */
  exit?: number | string
  complaint?: string
}

export type RunningSweep = Readonly<{ process: ChildProcess; run: SweepRun; done: Promise<SweepRun> }>

/** Starts one sweep of all namespaces. */
export function startSweep({ bundle, kubeconfig, settings, selector }: SweepScope, flags: readonly string[] = []): RunningSweep {
  const args = ['sweep', '--all-namespaces', `--selector=${selector}`, `--settings=${settings}`, '--output=json', ...flags]
  const child = spawn(process.execPath, [bundle, ...args, `--kubeconfig=${kubeconfig}`], { stdio: ['ignore', 'pipe', 'pipe'] })
  const records: SweepRecord[] = []
  const run: SweepRun = { started: new Date(), records }
  const read = async (): Promise<void> => {
    for await (const line of createInterface({ input: child.stdout })) records.push(JSON.parse(line) as SweepRecord) // -o json is lines of these
  }
  const finish = async (): Promise<SweepRun> => {
    const [complaint, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'close'), read()])
    return Object.assign(run, { complaint, exit: code ?? signal, ended: new Date() })
  }
  return { process: child, run, done: finish() }
}

/** The records of one kind of several sweeps, in order. */
export function recordsOf(runs: readonly SweepRun[], kind: 'verdict'): VerdictRecord[]
export function recordsOf(runs: readonly SweepRun[], kind: 'outcome'): Outcome[]
export function recordsOf(runs: readonly SweepRun[], kind: 'summary'): Summary[]
export function recordsOf(runs: readonly SweepRun[], kind: SweepRecord['kind']): SweepRecord[] {
  return runs.flatMap(({ records }) => records.filter(record => record.kind === kind))
}
