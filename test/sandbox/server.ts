import { createServer, STATUS_CODES } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'
import { actions, denial, isDenied } from './access.ts'
import { statusAnswer } from './answer.ts'
import type { Answer } from './answer.ts'
import { collectionOf, dispatch } from './dispatch.ts'
import type { DispatchTools } from './dispatch.ts'
import { containerNotFound, execProtocols, serveExec } from './exec.ts'
import { execTarget } from './exec-target.ts'
import { badRequest, internalError, unauthorized } from './failure.ts'
import { effectOf } from './fault.ts'
import type { Effect, Faults } from './fault.ts'
import { declaredAnswer, runBefore } from './fault-effects.ts'
import { apiRequest } from './request.ts'
import type { ApiRequest } from './request.ts'
import { send, sink } from './send.ts'
import { watch } from './watch.ts'

export type ServerTools = DispatchTools & {
  readonly faults: Faults
  readonly token: string
  readonly user: string
  readonly seen: (request: ApiRequest) => void
}

/** The HTTP face of the sandbox. */
export class ApiServer {
  readonly #tools: ServerTools
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #webSockets = new WebSocketServer({ noServer: true, handleProtocols: offered => execProtocols.find(name => offered.has(name)) ?? false })

  constructor(tools: ServerTools) {
    this.#tools = tools
    this.#server = createServer((message, response) => void this.#serve(message, response))
    this.#server.on('upgrade', (message, socket, head) => void this.#upgrade(message, socket, head))
    this.#server.on('connection', socket => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
  }

  async listen(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve))
    const address = this.#server.address()
    // Only a pipe has a text for an address.
    if (address === null || typeof address === 'string') throw new TypeError('Cannot tell the port of the sandbox')
    return `http://127.0.0.1:${address.port}`
  }

  async close(): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    for (const socket of this.#sockets) socket.destroy()
    await closed
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('date', this.#date())
    try {
      const request = apiRequest(message, await text(message))
      const { answer, effects } = await this.#admit(request)
      if (answer === 'never') return
      const cutAfter = effectOf(effects, 'cut')?.afterBytes ?? Infinity
      if (answer === undefined && request.verb === 'watch') return this.#watch(request, response, effects, cutAfter)
      send(response, answer ?? dispatch(request, effects, this.#tools), cutAfter)
    } catch (error) {
      // The client hung up while it sent, or the sandbox has a fault of its own, which must be seen.
      if (!response.headersSent && !message.destroyed) send(response, statusAnswer(internalError(String(error))), Infinity)
      else response.destroy()
    }
  }

  /** Records a request, lets its faults happen, and says whether it is already answered. */
  async #admit(request: ApiRequest): Promise<{ readonly answer: Answer | 'never' | undefined; readonly effects: readonly Effect[] }> {
    const { cluster, faults, token, user, denied, gitVersion, seen } = this.#tools
    seen(request)
    if (request.headers.authorization !== `Bearer ${token}`) return { answer: statusAnswer(unauthorized()), effects: [] }
    const effects = faults.effects(request, nodeOf(request, cluster.store))
    runBefore(effects, cluster, this.#tools.lists)
    await cluster.timers.sleep(effectOf(effects, 'delay')?.ms ?? 0)
    if (effectOf(effects, 'hang') !== undefined) return { answer: 'never', effects }
    const declared = effectOf(effects, 'answer')
    if (declared !== undefined) return { answer: declaredAnswer(declared), effects }
    const minor = Number(gitVersion.split('.')[1])
    const refused = request.resource === '' || request.resource === 'selfsubjectaccessreviews' ? undefined : actions(request, minor).find(action => isDenied(denied, action))
    return { answer: refused === undefined ? undefined : statusAnswer(denial(user, refused)), effects }
  }

  #watch(request: ApiRequest, response: ServerResponse, effects: readonly Effect[], cutAfter: number): void {
    const { cluster } = this.#tools
    const collection = collectionOf(cluster, request)
    if (collection === undefined) return send(response, dispatch({ ...request, verb: 'list' }, effects, this.#tools), cutAfter)
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    const silentAfter = limitOf(effectOf(effects, 'silent-watch'))
    const closedAfter = limitOf(effectOf(effects, 'close-watch'))
    watch(cluster.store, collection, request, sink(response, cutAfter), { timers: cluster.timers, bookmarkMs: cluster.options.timings.bookmarkMs, silentAfter, closedAfter })
  }

  async #upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Whoever hangs up first: an exec that nobody waits for is over.
    socket.on('error', () => socket.destroy())
    const request = apiRequest(message, '')
    const { answer, effects } = await this.#admit(request)
    if (answer === 'never') return
    if (answer !== undefined) return this.#refuse(socket, answer)
    if (request.subresource !== 'exec') return this.#refuse(socket, dispatch(request, effects, this.#tools))
    const target = execTarget(this.#tools.cluster.store, this.#tools.cluster.kubelet, request)
    if ('refusal' in target) return this.#refuse(socket, statusAnswer(target.refusal))
    const { nodeName = '' } = target.pod.spec
    if (!this.#tools.cluster.kubelet.isReachable(target.pod)) return this.#refuse(socket, statusAnswer(internalError(`error dialing backend: dial tcp: lookup ${nodeName}: no such host`)))
    const offered = (message.headers['sec-websocket-protocol'] ?? '').split(/,\s*/)
    const protocol = execProtocols.find(name => offered.includes(name))
    if (protocol === undefined) return this.#refuse(socket, statusAnswer(badRequest('unable to upgrade: unable to negotiate protocol')))
    // Over v4 the kubelet's refusal is the answer to the upgrade; over v5 it comes as a Status in the socket (streamtranslator.go).
    if (target.container === undefined && protocol === 'v4.channel.k8s.io') return this.#refuse(socket, plainAnswer(500, containerNotFound(target.name)))
    this.#webSockets.handleUpgrade(message, socket, head, client => serveExec(client, target, request, effectOf(effects, 'exec')))
  }

  #refuse(socket: Duplex, answer: Answer): void {
    const body = Buffer.concat(answer.body)
    const headers = { ...answer.headers, date: this.#date(), 'content-length': String(body.length), connection: 'close' }
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
    socket.end(Buffer.concat([Buffer.from([`HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`, ...lines, '', ''].join('\r\n')), body]))
  }

  #date(): string {
    return this.#tools.cluster.options.now().toUTCString()
  }
}

function plainAnswer(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: [Buffer.from(body)] }
}

function limitOf(effect: { readonly afterEvents?: number } | undefined): number {
  return effect === undefined ? Infinity : (effect.afterEvents ?? 0)
}

function nodeOf(request: ApiRequest, store: ServerTools['cluster']['store']): string {
  const pod = request.resource === 'pods' ? store.pods.entry(`${request.namespace}/${request.name}`)?.object : undefined
  return pod?.spec.nodeName ?? ''
}
