import { statuses, type Pod } from '../harness/objects.ts'
import { latest, type PodHistory } from './history.ts'
import type { Evidence } from './evidence.ts'

/** What a sweep gives a kubelet to show an end that has happened (runtime/ending/tell.ts), in seconds. */
export const TOLERABLE_LAG_SECONDS = 5

/**
 * How long it took, at worst, until the API showed that a container had ended, in seconds: from the actor's own word to the
 * first version of its pod that has it. No sweep can change it, and a crowded machine makes it long: what a kubelet could not
 * send at once, its status manager sends within 10 s more (status_manager.go: syncPeriod).
 */
export function lagSeconds({ pods, lines }: Pick<Evidence, 'pods' | 'lines'>, now: Date): number {
  const lags = pods.flatMap(pod => {
    const names = new Set(statuses(latest(pod)).map(({ name }) => name))
    return [...names].flatMap(name => {
      const ends = lines.filter(line => line.pod === latest(pod).metadata.uid && line.name === name && line.event.startsWith('exit'))
      return ends.map(({ at }, lives) => (shownAt(pod, name, lives) ?? now).getTime() - at.getTime())
    })
  })
  return Math.max(0, ...lags) / 1000
}

/** When the pod's status showed that the container had lived so many lives and ended once more; of a pod that went, when it went. */
function shownAt(pod: PodHistory, name: string, lives: number): Date | undefined {
  const index = pod.versions.findIndex(version => hasEndedAfter(version, name, lives))
  return pod.seen[index] ?? (pod.isGone ? pod.seen.at(-1) : undefined)
}

function hasEndedAfter(pod: Pod, name: string, lives: number): boolean {
  return statuses(pod).some(
    ({ name: own, state, restartCount }) =>
      own === name && (restartCount > lives || (restartCount === lives && state.terminated !== undefined)),
  )
}
