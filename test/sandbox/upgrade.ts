import { STATUS_CODES } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocket, WebSocketServer } from 'ws'
import { admit } from './admit.ts'
import type { ServerTools } from './admit.ts'
import { plainAnswer, statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { dispatch } from './dispatch.ts'
import { containerNotFound, execProtocols, serveExec } from './exec.ts'
import { execTarget } from './exec-target.ts'
import { badRequest, internalError } from './failure.ts'
import { effectOf } from './fault.ts'
import type { Effect } from './fault.ts'
import type { Pod } from './objects.ts'
import { portForwardProtocols, servePortForward } from './port-forward.ts'
import { portForwardTarget } from './port-forward-target.ts'
import { apiRequest } from './request.ts'
import type { ApiRequest } from './request.ts'

export type Upgrade = { readonly message: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }

/** What to do with the WebSocket of a request, or the answer that there is none. */
type Session = { readonly serve: (client: WebSocket) => void } | { readonly refusal: Answer }

/** Answers an upgrade: an exec, a port-forward, or a refusal. */
export async function upgrade({ message, socket, head }: Upgrade, webSockets: WebSocketServer, tools: ServerTools): Promise<void> {
  const request = apiRequest(message, '')
  const { answer, effects } = await admit(request, tools)
  if (answer === 'never') return
  if (answer !== undefined) return refuse(socket, answer, tools)
  const session = sessionOf(request, effects, tools)
  if ('refusal' in session) return refuse(socket, session.refusal, tools)
  webSockets.handleUpgrade(message, socket, head, session.serve)
}

/** The subprotocol that a request is spoken to in, if it offers one that is known. */
export function chosenProtocol({ subresource, headers }: ApiRequest): string | undefined {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(/,\s*/)
  const spoken = subresource === 'portforward' ? portForwardProtocols : execProtocols
  return spoken.find(name => offered.includes(name))
}

function sessionOf(request: ApiRequest, effects: readonly Effect[], tools: ServerTools): Session {
  if (request.subresource === 'exec') return execSession(request, effects, tools)
  if (request.subresource === 'portforward') return portForwardSession(request, effects, tools)
  return { refusal: dispatch(request, effects, tools) }
}

function execSession(request: ApiRequest, effects: readonly Effect[], tools: ServerTools): Session {
  const { store, kubelet } = tools.cluster
  const target = execTarget(store, kubelet, request)
  if ('refusal' in target) return { refusal: statusAnswer(target.refusal) }
  const refusal = unreached(request, target.pod, tools)
  if (refusal !== undefined) return { refusal }
  // Over v4 the kubelet's refusal answers the upgrade itself; over v5 it comes as a Status in the socket (streamtranslator.go).
  const isRefused = target.container === undefined && chosenProtocol(request) === 'v4.channel.k8s.io'
  if (isRefused) return { refusal: plainAnswer(500, containerNotFound(target.name)) }
  return { serve: client => serveExec(client, target, request, effectOf(effects, 'exec')) }
}

function portForwardSession(request: ApiRequest, effects: readonly Effect[], tools: ServerTools): Session {
  const { store, kubelet, timers } = tools.cluster
  const target = portForwardTarget(store, kubelet, request)
  if ('refusal' in target) return target
  const refusal = unreached(request, target.pod, tools)
  if (refusal !== undefined) return { refusal }
  return { serve: client => servePortForward(client, target, effectOf(effects, 'port-forward'), timers) }
}

/** Why the kubelet of the pod is not reached, if it is not. */
function unreached(request: ApiRequest, pod: Pod, { cluster }: ServerTools): Answer | undefined {
  if (chosenProtocol(request) === undefined) return statusAnswer(badRequest('unable to upgrade: unable to negotiate protocol'))
  if (cluster.kubelet.isReachable(pod)) return undefined
  return statusAnswer(internalError('error dialing backend: dial tcp 192.0.2.1:10250: connect: connection refused'))
}

/** Answers an upgrade with plain HTTP. */
export function refuse(socket: Duplex, answer: Answer, { cluster }: ServerTools): void {
  const body = Buffer.concat(answer.body)
  const date = cluster.options.now().toUTCString()
  const headers = { ...answer.headers, date, 'content-length': String(body.length), connection: 'close' }
  const start = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`
  const head = [start, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), '', ''].join('\r\n')
  socket.end(Buffer.concat([Buffer.from(head), body]))
}
