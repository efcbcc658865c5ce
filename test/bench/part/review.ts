import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Findings, median, row, type Row, type Target } from '../measure.ts'
import { type Mix, streamOfJobs, writeJobs } from '../review/jobs.ts'
import { check, otherReviewers, ourReviewer, probeReview, timeReviewer } from '../review/reviewers.ts'
import { type Rules, writeRules } from '../review/rules.ts'
import { timeNode } from '../sweep-process.ts'

const FILES = 1_000
const ROUNDS = 9
const STARTS = 15
/** Of what lasts long: kyverno, many files, streams. */
const FEW_ROUNDS = 3
const HALF_THE_TIME: Target = { of: 'ratio', limit: 0.5, bound: 'at most' }
const LINEAR: Target = { of: 'ratio', limit: 1.2, bound: 'at most' }

/** A review of files beside the same by conftest, gator and kyverno, and what it takes for ten times as many. */
export async function review(): Promise<Findings> {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-bench-'))
  try {
    const rules = await writeRules(join(folder, 'rules'))
    return {
      rows: [
        ...(await besideOthers(folder, rules, 'clean')),
        ...(await besideOthers(folder, rules, 'half')),
        await start(join(folder, 'half', 'job-00001.yaml')),
        ...(await tenTimes(folder)),
        ...(await twice(folder)),
      ],
      notes: [
        `review: whole processes by wall time, taking turns; medians of ${ROUNDS} rounds, of ${STARTS} for one file, of ${FEW_ROUNDS} for kyverno, many files and streams. All print JSON, but for the one file. gator has the companion for Gatekeeper and conftest its Rego, which know the same sidecars as the catalogue; kyverno, whose time is mostly spent on that, looks up names and parts of images. Ours has all its rules.`,
      ],
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function besideOthers(folder: string, rules: Rules, mix: Mix): Promise<readonly Row[]> {
  const path = join(folder, mix)
  await writeJobs(path, FILES, mix)
  const ours = ourReviewer(path)
  const others = await otherReviewers(path, rules)
  const all = [ours, ...others]
  for (const reviewer of all) await check(reviewer, mix === 'half' ? FILES / 2 : 0)
  const times = new Map(all.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round < ROUNDS; round++) for (const reviewer of all) times.get(reviewer.name)?.push(await timeReviewer(reviewer))
  const seconds = (name: string) => ({ amount: median(times.get(name) ?? []) / 1000, unit: 's' }) as const
  return others.map(({ name }) =>
    row({
      part: 'review',
      what: `1,000 files of a Job, ${mix === 'half' ? 'half of which hang' : 'none of which hangs'}`,
      value: seconds(ours.name),
      reference: { what: name, ...seconds(name) },
      target: HALF_THE_TIME,
    }),
  )
}

async function start(file: string): Promise<Row> {
  await check(ourReviewer(file), 1)
  const ours = ourReviewer(file, [])
  const [reviews, bare]: [number[], number[]] = [[], []]
  for (let run = 0; run < STARTS; run++) {
    bare.push(await timeNode(['-e', '0']))
    reviews.push(await timeReviewer(ours))
  }
  return row({
    part: 'review',
    what: 'one file',
    value: { amount: median(reviews), unit: 'ms' },
    reference: { what: 'node -e 0', amount: median(bare), unit: 'ms' },
    target: { of: 'ratio', limit: 2.5, bound: 'at most' },
  })
}

/** Files: each of many beside each of few. */
async function tenTimes(folder: string): Promise<readonly Row[]> {
  const [few, many] = [join(folder, 'half'), join(folder, 'many')]
  await writeJobs(many, 10 * FILES, 'half')
  return grown({
    what: '10,000 files',
    than: '1,000 files',
    times: 10,
    unit: 'file',
    few: [few],
    many: [many],
    perMs: FILES,
    memory: 2.5, // far from linear: a thread more, and V8's young generation, which is small at first
  })
}

/** Streams on standard input. */
async function twice(folder: string): Promise<readonly Row[]> {
  const [few, many] = [join(folder, '25.yaml'), join(folder, '50.yaml')]
  await writeFile(few, streamOfJobs(25))
  await writeFile(many, streamOfJobs(50))
  return grown({ what: 'a stream of 50 MB', than: '25 MB', times: 2, unit: 'MB', few: ['-', few], many: ['-', many], perMs: 25, memory: 2 })
}

interface Grown {
  readonly what: string
  readonly than: string
  readonly times: number
  /** What the time is told of. */
  readonly unit: string
  /** What is reviewed, and what comes on standard input. */
  readonly few: readonly [path: string, stdin?: string]
  readonly many: readonly [path: string, stdin?: string]
  /** How many of the unit the few are. */
  readonly perMs: number
  /** How many times the memory the many may take. */
  readonly memory: number
}

async function grown({ what, than, times, unit, few, many, perMs, memory }: Grown): Promise<readonly Row[]> {
  const [fewer, more] = [[] as Probe[], [] as Probe[]]
  for (let round = 0; round < FEW_ROUNDS; round++) {
    fewer.push(await probeReview(...few))
    more.push(await probeReview(...many))
  }
  const ms = (runs: readonly Probe[]) => median(runs.map(run => run.ms)) / perMs
  const peak = (runs: readonly Probe[]) => median(runs.map(run => run.peakBytes)) / 1e6
  return [
    row({
      part: 'review',
      what: `${what}: each ${unit}`,
      value: { amount: ms(more) / times, unit: 'ms' },
      reference: { what: than, amount: ms(fewer), unit: 'ms' },
      target: LINEAR,
    }),
    row({
      part: 'review',
      what: `${what}: peak memory`,
      value: { amount: peak(more), unit: 'MB' },
      reference: { what: than, amount: peak(fewer), unit: 'MB' },
      target: { of: 'ratio', limit: memory, bound: 'at most' },
    }),
  ]
}

type Probe = Awaited<ReturnType<typeof probeReview>>
