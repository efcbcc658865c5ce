import type { Connection } from '../harness/api.ts'
import type { Job, Metadata, Pod } from '../harness/objects.ts'
import { caseLabel, runLabel } from './labels.ts'

/** One object as it was at each time, oldest first. */
export type History<T> = { readonly versions: T[]; readonly seen: Date[]; isGone: boolean }
export type PodHistory = History<Pod>

type Watched = { readonly metadata: Metadata }

/** All pods and Jobs of one run of the suite, in every version that a watch shows. */
export class Histories {
  readonly #pods = new Map<string, History<Pod>>()
  readonly #jobs = new Map<string, History<Job>>()

  /** Watches until the signal ends it; throws when a watch ends before. */
  async watch({ changes }: Connection, run: string, signal: AbortSignal): Promise<void> {
    const query = `?watch=1&timeoutSeconds=3600&labelSelector=${encodeURIComponent(`${runLabel}=${run}`)}`
    const follow = async <T extends Watched>(path: string, histories: Map<string, History<T>>): Promise<void> => {
      for await (const { type, object } of changes(path + query, signal)) note(histories, type, object as T) // the path says what it is
    }
    await Promise.all([follow('/api/v1/pods', this.#pods), follow('/apis/batch/v1/jobs', this.#jobs)])
  }

  /** The pods of one case, oldest first. */
  pods(id: string): PodHistory[] {
    return belonging(this.#pods, id)
  }

  /** The Jobs of one case, oldest first. */
  jobs(id: string): History<Job>[] {
    return belonging(this.#jobs, id)
  }
}

/** The latest version. */
export function latest<T>({ versions }: History<T>): T {
  return versions.at(-1) as T // a history begins with the first version
}

function note<T extends Watched>(histories: Map<string, History<T>>, type: string, object: T): void {
  const { uid } = object.metadata
  const history = histories.get(uid) ?? { versions: [], seen: [], isGone: false }
  histories.set(uid, history)
  history.versions.push(object)
  history.seen.push(new Date())
  history.isGone ||= type === 'DELETED'
}

// A Map keeps the order in which the objects were first seen.
function belonging<T extends Watched>(histories: ReadonlyMap<string, History<T>>, id: string): History<T>[] {
  return [...histories.values()].filter(({ versions }) => versions[0]?.metadata.labels?.[caseLabel] === id)
}
