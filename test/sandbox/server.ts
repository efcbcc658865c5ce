import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { WebSocketServer } from 'ws'
import { admit } from './admit.ts'
import type { ServerTools } from './admit.ts'
import { statusAnswer } from './answer.ts'
import { collectionOf, dispatch } from './dispatch.ts'
import { internalError } from './failure.ts'
import { effectOf } from './fault.ts'
import type { Effect } from './fault.ts'
import { apiRequest } from './request.ts'
import type { ApiRequest } from './request.ts'
import { selectorFault } from './selector.ts'
import { send, sink } from './send.ts'
import { chosenProtocol, refuse, upgrade } from './upgrade.ts'
import { watch } from './watch.ts'

/** The HTTP face of the sandbox. */
export class ApiServer {
  readonly #tools: ServerTools
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  readonly #webSockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (_offered, message) => chosenProtocol(apiRequest(message, '')) ?? false,
  })

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
    response.setHeader('date', this.#tools.cluster.options.now().toUTCString())
    try {
      await this.#answer(apiRequest(message, await text(message)), response)
    } catch (error) {
      // The client hung up while it sent; or the sandbox itself is at fault, which a test must see.
      if (response.headersSent || message.errored) response.destroy()
      else send(response, statusAnswer(internalError(String(error))), Infinity)
    }
  }

  async #answer(request: ApiRequest, response: ServerResponse): Promise<void> {
    const { answer, effects } = await admit(request, this.#tools)
    if (answer === 'never') return
    const cutAfter = effectOf(effects, 'cut')?.afterBytes ?? Infinity
    const isWatch = answer === undefined && request.verb === 'watch'
    if (isWatch && this.#watch(request, response, effects, cutAfter)) return
    send(response, answer ?? dispatch(request, effects, this.#tools), cutAfter)
  }

  /** Begins a watch, unless what is to be watched or the selector is unknown. */
  #watch(request: ApiRequest, response: ServerResponse, effects: readonly Effect[], cutAfter: number): boolean {
    const { cluster } = this.#tools
    const collection = collectionOf(cluster, request)
    if (collection === undefined || selectorFault(request.query) !== undefined) return false
    response.writeHead(200, { 'content-type': 'application/json' })
    response.flushHeaders()
    watch(cluster.store, collection, request, sink(response, cutAfter), {
      timers: cluster.timers,
      bookmarkMs: cluster.options.timings.bookmarkMs,
      silentAfter: limitOf(effectOf(effects, 'silent-watch')),
      closedAfter: limitOf(effectOf(effects, 'close-watch')),
    })
    return true
  }

  async #upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // Whoever hangs up first: an exec that nobody waits for is over.
    socket.on('error', () => socket.destroy())
    try {
      await upgrade({ message, socket, head }, this.#webSockets, this.#tools)
    } catch (error) {
      refuse(socket, statusAnswer(internalError(String(error))), this.#tools)
    }
  }
}

function limitOf(effect: { readonly afterEvents?: number } | undefined): number {
  return effect === undefined ? Infinity : (effect.afterEvents ?? 0)
}
