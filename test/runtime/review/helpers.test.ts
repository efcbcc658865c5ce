import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import { POLICY_FILES } from '../../../runtime/files.ts'
import { loadReview } from '../../../runtime/review.ts'
import type { Reviewed } from '../../../runtime/review/batch.ts'
import { reviewHelpers } from '../../../runtime/review/helpers.ts'
import { type PassOptions, reviewFiles } from '../../../runtime/review/pass.ts'
import type { FileReview } from '../../../runtime/review/record.ts'
import type { Task } from '../../../runtime/review/worker.ts'
import { defaultSettings } from '../../../runtime/settings.ts'
import { job, NATIVE, WEBHOOK } from './harness.ts'

const settings = defaultSettings()
const today = new Date('2026-01-01')
const selection = { rules: [], minSeverity: 'info' } as const
const data = { settings, today, selection }
const { signal } = new AbortController()

/** Six hundred files: most are a Job, some of which hang, two are webhooks that count for native sidecars, some are broken. */
function manifests(folder: string): string {
  mkdirSync(folder)
  for (let index = 0; index < 600; index++) {
    const name = `job-${index}`
    const text =
      index % 251 === 250
        ? WEBHOOK
        : index % 7 === 0
          ? NATIVE
          : index % 50 === 49
            ? 'a: ['
            : job(index % 3 === 0 ? { name } : { name, image: 'acme/other' })
    writeFileSync(join(folder, `${String(index).padStart(4, '0')}.yaml`), text)
  }
  return folder
}

type ReviewHelp = NonNullable<PassOptions['help']>
type ReviewHelper = NonNullable<ReturnType<ReviewHelp>>[number]

/** The threads beside one that has reviewed for so long. */
function threads(processors: number, { passedMs = 60_000, known = 128, areAllKnown = false, signal: until = signal } = {}) {
  let ms = 0
  const help = reviewHelpers(data, until, { processors: () => processors, now: () => ms })
  ms = passedMs
  return help({ done: 10, known, areAllKnown })
}

/** The same from the beginning, each changed. */
function early(processors: number, changed: (helper: ReviewHelper) => ReviewHelper): ReviewHelp {
  return () => threads(processors)?.map(changed)
}

async function reviewed(cwd: string, help: PassOptions['help']): Promise<readonly FileReview[]> {
  const review = loadReview(POLICY_FILES, settings, { today })
  const all: FileReview[] = []
  for await (const one of reviewFiles(['.'], { review, selection, fix: 'no', toFix: selection, ignore: [], cwd, signal, help }))
    all.push(one)
  return all
}

t.test('threads find what one alone finds, in the same order', async t => {
  const cwd = manifests(join(t.testdir(), 'manifests'))
  const cwdBefore = process.cwd()
  process.chdir(cwd)
  t.teardown(() => process.chdir(cwdBefore))
  const alone = await reviewed(cwd, undefined)
  t.equal(alone.filter(({ isFile }) => isFile).length, 600)
  t.ok(alone.some(({ findings }) => findings.some(({ rule }) => rule === 'stripped-native')))
  const taken = { count: 0 }
  const counted = early(3, helper => ({
    ...helper,
    take: async task => {
      taken.count++
      return helper.take(task)
    },
  }))
  t.strictSame(await reviewed(cwd, counted), alone)
  t.ok(taken.count > 0, 'they were given some')
})

t.test('where a thread ends, what it had is reviewed here', async t => {
  const cwd = manifests(join(t.testdir(), 'manifests'))
  const cwdBefore = process.cwd()
  process.chdir(cwd)
  t.teardown(() => process.chdir(cwdBefore))
  const ending = early(2, helper => ({
    ...helper,
    take: async task => {
      const answer = helper.take(task)
      helper.end()
      return answer
    },
  }))
  t.strictSame(await reviewed(cwd, ending), await reviewed(cwd, undefined))
})

t.test('the thread that is built answers as it does from its source', async t => {
  const path = join(t.testdir({ 'a.yaml': job() }), 'a.yaml')
  const answers = await Promise.all(
    ['../../../runtime/review/worker.ts', '../../../dist/review-worker.mjs'].map(async file => {
      const worker = new Worker(new URL(file, import.meta.url), { workerData: data })
      worker.postMessage({ files: [{ path, isNamed: false }], beside: [] } satisfies Task)
      const [answer] = (await once(worker, 'message')) as [readonly Reviewed[]]
      await worker.terminate()
      return answer
    }),
  )
  t.strictSame(answers[1], answers[0])
  t.match(answers[1], [{ known: 0, review: { findings: [{ rule: 'hangs', file: path }] } }])
})

t.test('a thread ends with the review, in the middle of whatever it does', async t => {
  const path = join(t.testdir({ 'a.yaml': Array.from({ length: 20_000 }, () => job()).join('---\n') }), 'a.yaml')
  const controller = new AbortController()
  const [helper] = threads(2, { signal: controller.signal }) ?? []
  const answer = helper?.take({ files: [{ path, isNamed: false }], beside: [] })
  controller.abort()
  await t.rejects(async () => answer)
  t.notOk(helper?.isFree())
})

t.test('there are as many threads as processors are left, up to four, once a review takes long', async t => {
  const count = (...args: Parameters<typeof threads>) => {
    const all = threads(...args)
    for (const helper of all ?? []) helper.end()
    return all?.length
  }
  t.equal(count(1), 0)
  t.equal(count(2), 1)
  t.equal(count(9), 4)
  t.equal(count(2, { passedMs: 400 }), undefined, 'it may be over soon')
  t.equal(count(2, { passedMs: 1000, known: 14, areAllKnown: true }), undefined, 'it is over soon')
  t.equal(count(2, { passedMs: 1000, known: 16, areAllKnown: true }), 1)
})

t.test('where no thread can be started, there is none, and nothing is thrown', async t => {
  const uncloneable = { ...data, settings: () => {} } as unknown as Parameters<typeof reviewHelpers>[0] // as where Node's permissions forbid threads
  let ms = 0
  const help = reviewHelpers(uncloneable, signal, { processors: () => 3, now: () => (ms += 10_000) })
  t.strictSame(help({ done: 1, known: 128, areAllKnown: false }), [])
})
