import { statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import type { Cluster } from './cluster.ts'
import { declared, expiredList, internalError } from './failure.ts'
import type { Effect } from './fault.ts'
import type { Lists } from './list.ts'

/** Does what is declared to happen before a request. */
export function runBefore(effects: readonly Effect[], cluster: Cluster, lists: Lists): void {
  for (const effect of effects) {
    if (effect.kind === 'vanish') cluster.store.pods.remove(effect.pod, 'sandbox')
    if (effect.kind === 'recreate') cluster.recreatePod(effect.pod)
    if (effect.kind === 'restart') restart(cluster, effect.pod, effect.container)
    if (effect.kind === 'compact') compact(cluster, lists)
  }
}

/** Forgets all versions but the newest. */
export function compact(cluster: Cluster, lists: Lists): void {
  cluster.store.log.compact()
  lists.compact()
}

function restart(cluster: Cluster, key: string, name: string): void {
  const pod = cluster.store.pods.entry(key)?.object
  const container = pod === undefined ? undefined : cluster.kubelet.worker(pod)?.container(name)
  if (container === undefined) throw new RangeError(`Cannot restart ${name} of ${key}: the sandbox runs no such container`)
  container.restart()
}

/** The answer that a fault declares, with the apiserver's own body where none is given. */
export function declaredAnswer(effect: Extract<Effect, { kind: 'answer' }>): Answer {
  const answer =
    effect.body === undefined
      ? usualAnswer(effect.status, effect.message)
      : { status: effect.status, headers: {}, body: [Buffer.from(effect.body)] }
  return { ...answer, headers: { ...answer.headers, ...effect.headers } }
}

function usualAnswer(status: number, message: string | undefined): Answer {
  // Too many requests is said in plain text (apiserver filters/priority-and-fairness.go).
  if (status === 429)
    return {
      status,
      headers: { 'content-type': 'text/plain', 'retry-after': '1' },
      body: [Buffer.from(message ?? 'Too many requests, please try again later.\n')],
    }
  if (status === 410 && message === undefined) return statusAnswer(expiredList(''))
  if (status === 500) return statusAnswer(internalError(message ?? 'a declared fault'))
  return statusAnswer(declared(status, message ?? 'a declared fault'))
}
