import type { Answer } from './answer.ts'
import { plainAnswer, statusAnswer } from './answer.ts'
import { badRequest, notFound } from './failure.ts'
import type { Kubelet } from './kubelet.ts'
import type { Pod } from './objects.ts'
import type { PodWorker } from './pod-worker.ts'
import type { ApiRequest } from './request.ts'
import { podResource } from './resources.ts'
import type { Store } from './store.ts'

/** Where a port-forward leads. */
export type PortForwardTarget = {
  readonly pod: Pod
  readonly worker: PodWorker | undefined
  readonly ports: readonly number[]
}

/** Finds the pod of a port-forward, or says why it can't, in the words of apiserver and kubelet (portforward/websocket.go, NewV4Options). */
export function portForwardTarget(store: Store, kubelet: Kubelet, request: ApiRequest): PortForwardTarget | { readonly refusal: Answer } {
  const pod = store.pods.entry(`${request.namespace}/${request.name}`)?.object
  if (pod === undefined) return { refusal: statusAnswer(notFound(podResource, request.name)) }
  if (pod.spec.nodeName === '') return { refusal: statusAnswer(badRequest(`pod ${request.name} does not have a host assigned`)) }
  const wanted = request.query.getAll('ports').flatMap(list => list.split(','))
  if (wanted.length === 0) return { refusal: plainAnswer(400, 'query parameter "port" is required') }
  const ports = wanted.map(Number)
  const wrong = ports.findIndex(port => !Number.isInteger(port) || port < 1 || port > 65_535)
  if (wrong !== -1) return { refusal: plainAnswer(400, `unable to parse "${wanted[wrong]}" as a port`) }
  return { pod, worker: kubelet.worker(pod), ports }
}
