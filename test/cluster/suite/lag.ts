import { statuses, type Pod } from '../harness/objects.ts'
import { latest, type PodHistory } from './history.ts'
import type { Evidence } from './evidence.ts'

/** What a sweep gives a kubelet to show an end that has happened (runtime/ending/tell.ts), in seconds. */
export const TOLERABLE_LAG_SECONDS = 5

/**
 * How long it took, at worst, until the API showed that a container had ended, in seconds: from the actor's own word to the
 * first version of its pod that has it. No sweep can change it, and a crowded machine makes it long: what a kubelet could not
 * send at once, its status manager sends within 10 s more (status_manager.go: syncPeriod). The clocks of both have to agree.
 */
export function lagSeconds({ pods, lines }: Pick<Evidence, 'pods' | 'lines'>, now: Date): number {
  const lags = pods.flatMap(pod => {
    const names = new Set(statuses(latest(pod)).map(({ name }) => name))
    return [...names].flatMap(name => {
      const own = lines.filter(line => line.pod === latest(pod).metadata.uid && line.name === name)
      return own.flatMap(({ at, event }, index) => {
        if (!event.startsWith('exit')) return []
        const life = own.slice(0, index).filter(line => line.event === 'start').length - 1 // one that is killed writes no exit
        return [(shownAt(pod, name, life) ?? now).getTime() - at.getTime()]
      })
    })
  })
  return Math.max(0, ...lags) / 1000
}

/** When the pod's status showed the end of that life of the container, from 0; of a pod that went, when it went. */
function shownAt(pod: PodHistory, name: string, life: number): Date | undefined {
  const index = pod.versions.findIndex(version => showsEnd(version, name, life))
  return pod.seen[index] ?? (pod.isGone ? pod.seen.at(-1) : undefined)
}

function showsEnd(pod: Pod, name: string, life: number): boolean {
  const status = statuses(pod).find(one => one.name === name)
  if (status === undefined) return false
  const { state, lastState, restartCount } = status
  if (restartCount !== life) return restartCount > life
  return state.terminated !== undefined || (state.waiting !== undefined && lastState?.terminated !== undefined)
}
