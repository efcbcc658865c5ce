import type { Container } from './container.ts'
import { badRequest, notFound } from './failure.ts'
import type { Status } from './failure.ts'
import type { Kubelet } from './kubelet.ts'
import type { Pod } from './objects.ts'
import type { PodWorker } from './pod-worker.ts'
import type { ApiRequest } from './request.ts'
import { podResource } from './resources.ts'
import type { Store } from './store.ts'

/** Whom an exec is for. `container` is absent when no process of it runs. */
export type ExecTarget = {
  readonly pod: Pod
  readonly name: string
  readonly worker: PodWorker | undefined
  readonly container: Container | undefined
}

/** Finds the container of an exec request, or says why it can't, in the apiserver's words (registry/core/pod/strategy.go). */
export function execTarget(store: Store, kubelet: Kubelet, request: ApiRequest): ExecTarget | { readonly refusal: Status } {
  const pod = store.pods.entry(`${request.namespace}/${request.name}`)?.object
  if (pod === undefined) return { refusal: notFound(podResource, request.name) }
  const streams = ['stdin', 'stdout', 'stderr'].some(name => ['true', '1'].includes(request.query.get(name) ?? ''))
  if (!streams) return { refusal: badRequest('you must specify at least 1 of stdin, stdout, stderr') }
  const names = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map(container => container.name)
  const wanted = request.query.get('container') ?? ''
  if (wanted === '' && names.length > 1) {
    return {
      refusal: badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`),
    }
  }
  const name = wanted === '' ? (names[0] ?? '') : wanted
  if (!names.includes(name)) return { refusal: badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`) }
  const worker = kubelet.worker(pod)
  const container = worker?.container(name)
  return { pod, name, worker, container: container?.state.running === undefined ? undefined : container }
}
