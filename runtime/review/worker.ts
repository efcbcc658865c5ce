import { on } from 'node:events'
import { parentPort, workerData } from 'node:worker_threads'
import { POLICY_FILES } from '../files.ts'
import { loadReview } from '../review.ts'
import type { Settings } from '../settings.ts'
import { type File, MAX_BYTES, readFile, reviewBatch, reviewFile } from './batch.ts'
import type { Selection } from './file-review.ts'

/** What the thread is started with. */
export interface WorkerData {
  readonly settings: Settings
  readonly today: Date
  readonly selection: Selection
}

/** What it is sent; it answers each with what reviewBatch gives, in their order. */
export interface Task {
  readonly files: readonly File[]
  readonly beside: readonly object[]
}

if (parentPort) await serve(parentPort, workerData as WorkerData) // as helpers start it

async function serve(port: NonNullable<typeof parentPort>, { settings, today, selection }: WorkerData): Promise<void> {
  const tasks = on(port, 'message') // heard from now on, whatever the policy takes to load
  const review = await loadReview(POLICY_FILES, settings, { today })
  for await (const [{ files, beside }] of tasks as AsyncIterable<[Task]>)
    port.postMessage(
      await reviewBatch(files, beside, async (file, parts) =>
        reviewFile(file, await readFile(file.path, MAX_BYTES.review), { review, selection, beside: parts }),
      ),
    )
}
