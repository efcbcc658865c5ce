import { STATUS_CODES } from 'node:http'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { WebSocketServer } from 'ws'
import { admit } from './admit.ts'
import type { ServerTools } from './admit.ts'
import { statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { dispatch } from './dispatch.ts'
import { containerNotFound, execProtocols, serveExec } from './exec.ts'
import { execTarget } from './exec-target.ts'
import type { ExecTarget } from './exec-target.ts'
import { badRequest, internalError } from './failure.ts'
import { effectOf } from './fault.ts'
import { apiRequest } from './request.ts'

export type Upgrade = { readonly message: IncomingMessage; readonly socket: Duplex; readonly head: Buffer }

/** Answers an upgrade: an exec, or a refusal. A port-forward would branch off here by the request's subresource. */
export async function upgrade({ message, socket, head }: Upgrade, webSockets: WebSocketServer, tools: ServerTools): Promise<void> {
  const request = apiRequest(message, '')
  const { answer, effects } = await admit(request, tools)
  if (answer === 'never') return
  if (answer !== undefined) return refuse(socket, answer, tools)
  if (request.subresource !== 'exec') return refuse(socket, dispatch(request, effects, tools), tools)
  const target = execTarget(tools.cluster.store, tools.cluster.kubelet, request)
  if ('refusal' in target) return refuse(socket, statusAnswer(target.refusal), tools)
  const refused = refusal(target, offered(message), tools)
  if (refused !== undefined) return refuse(socket, refused, tools)
  const effect = effectOf(effects, 'exec')
  webSockets.handleUpgrade(message, socket, head, client => serveExec(client, target, request, effect))
}

function offered(message: IncomingMessage): readonly string[] {
  return (message.headers['sec-websocket-protocol'] ?? '').split(/,\s*/)
}

function refusal(target: ExecTarget, protocols: readonly string[], { cluster }: ServerTools): Answer | undefined {
  const protocol = execProtocols.find(name => protocols.includes(name))
  if (protocol === undefined) return statusAnswer(badRequest('unable to upgrade: unable to negotiate protocol'))
  if (!cluster.kubelet.isReachable(target.pod)) {
    return statusAnswer(internalError('error dialing backend: dial tcp 192.0.2.1:10250: connect: connection refused'))
  }
  // Over v4 the kubelet's refusal answers the upgrade itself; over v5 it comes as a Status in the socket (streamtranslator.go).
  const isRefused = target.container === undefined && protocol === 'v4.channel.k8s.io'
  return isRefused ? plainAnswer(500, containerNotFound(target.name)) : undefined
}

function plainAnswer(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: [Buffer.from(body)] }
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
