import type { Connection } from '../../cluster/harness/api.ts'
import { eventually } from '../../cluster/harness/eventually.ts'
import { actorEvents } from '../../cluster/harness/events.ts'
import { actor, job } from '../../cluster/harness/manifests.ts'
import { hasCondition, type Job, type Pod } from '../../cluster/harness/objects.ts'
import type { Scenario } from '../../cluster/harness/world.ts'

/** The end of one Job, each moment in milliseconds since its main's exit. */
export interface JobEnd {
  /** The API shows that the main has ended. */
  readonly visible: number
  /** The API shows that a sweep completed the pod; NaN for a native sidecar, which needs none. */
  readonly patched: number
  /** The sidecar got its TERM. */
  readonly told: number
  /** A watch shows that the Job is Complete. */
  readonly complete: number
}

export interface JobRunOptions {
  readonly name: string
  readonly isNative: boolean
  readonly mainSeconds: number
}

/** Runs a Job whose sidecar exits 143 when it is told, and gives back how it ended. @throws {Error} when it is not Complete after a minute */
export async function runJob({ changes }: Connection, scenario: Scenario, options: JobRunOptions): Promise<JobEnd> {
  const { name } = options
  const { namespace, directory } = scenario
  const over = new AbortController()
  const seen = { visible: Number.NaN, patched: Number.NaN, complete: Number.NaN }
  const selector = `watch=1&labelSelector=${encodeURIComponent(`bench=${name}`)}`
  const note = (moment: keyof typeof seen, happened: boolean): void => {
    if (happened && Number.isNaN(seen[moment])) seen[moment] = Date.now()
  }
  const watching = [
    watch(changes(`/api/v1/namespaces/${namespace}/pods?${selector}`, over.signal), over.signal, object => {
      const { metadata, status } = object as Pod // what a watch of pods shows
      note(
        'visible',
        status.containerStatuses?.some(container => container.name === 'main' && container.state.terminated !== undefined) ?? false,
      )
      note('patched', metadata.annotations?.['sidecar-reaper/completed'] !== undefined)
    }),
    watch(changes(`/apis/batch/v1/namespaces/${namespace}/jobs?${selector}`, over.signal), over.signal, object => {
      note('complete', hasCondition(object as Job, 'Complete')) // what a watch of Jobs shows
    }),
  ]
  await scenario.apply(manifest(directory, options))
  const at = (name: string, event: string): number =>
    actorEvents(directory)
      .find(line => line.name === name && line.event === event)
      ?.at.getTime() ?? Number.NaN
  const told = (): number => at(`sidecar-${name}`, 'signal TERM')
  // A pod that is completed by its phase may be told after its Job is Complete.
  await eventually(
    `Job ${name} is Complete and its sidecar was told`,
    async () => [seen.complete, told()],
    moments => !moments.some(Number.isNaN),
  )
  over.abort()
  await Promise.all(watching)
  const exit = at(`main-${name}`, 'exit 0')
  return { visible: seen.visible - exit, patched: seen.patched - exit, told: told() - exit, complete: seen.complete - exit }
}

async function watch(
  changes: AsyncGenerator<{ readonly object: unknown }>,
  signal: AbortSignal,
  look: (object: unknown) => void,
): Promise<void> {
  try {
    for await (const { object } of changes) look(object)
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function manifest(directory: string, { name, isNative, mainSeconds }: JobRunOptions): object {
  const main = { ...actor(`main-${name}`, { exit: 0, after: mainSeconds }), name: 'main' }
  const sidecar = { ...actor(`sidecar-${name}`, { on: { TERM: '143' } }), name: 'sidecar' }
  const labels = { bench: name }
  const annotated = { metadata: { labels, annotations: { 'sidecar-reaper/sidecars': 'sidecar' } } }
  const made = isNative
    ? job(name, directory, [main], { metadata: { labels }, initContainers: [{ ...sidecar, restartPolicy: 'Always' }] })
    : job(name, directory, [main, sidecar], annotated)
  return { ...made, metadata: { name, labels } }
}
