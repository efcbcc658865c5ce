import type WebSocket from 'ws'
import { ClusterError, type ClusterErrorCode } from '../cluster.ts'
import type { Identity } from './credentials.ts'
import { unlessAborted } from './deadline.ts'
import { networkError } from './network-error.ts'
import type { Operation } from './operation.ts'
import { callDeadline, type CallOptions } from './request.ts'
import { retrying } from './retry.ts'
import type { Wire } from './wire.ts'

const MAX_MESSAGE_BYTES = 4 * 1024 * 1024

/** Why a call over a WebSocket has no answer. */
export interface Unanswered {
  readonly kind: 'failed'
  readonly error: string
  readonly code: ClusterErrorCode
}

/** What `use` makes of the WebSocket of that operation, within the call timeout. Never rejects with a ClusterError. */
export async function overSocket<T>(
  wire: Wire,
  operation: Operation,
  protocols: readonly string[],
  options: CallOptions,
  signal: AbortSignal,
  use: (socket: WebSocket) => Promise<T>,
): Promise<T | Unanswered> {
  using deadline = callDeadline(wire, operation, options, signal)
  try {
    const open = () => withSocket(wire, operation, protocols, deadline.signal, use)
    return await retrying(open, operation.repeat, deadline, options.retry)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof ClusterError)) throw error
    return { kind: 'failed', error: error.message, code: error.code }
  }
}

/** Opens the WebSocket for as long as `use` takes, then ends it. A refused upgrade and a network error reject at once. */
async function withSocket<T>(
  wire: Wire,
  operation: Operation,
  protocols: readonly string[],
  signal: AbortSignal,
  use: (socket: WebSocket) => Promise<T>,
): Promise<T> {
  const { WebSocket } = await import('ws')
  const url = wire.url(operation.path).replace(/^http/, 'ws')
  return await wire.identified(operation, signal, async identity => {
    signal.throwIfAborted()
    // True: ws hands all of its options to https.request.
    const client = { ...identity, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false } as Identity & WebSocket.ClientOptions
    const socket = new WebSocket(url, [...protocols], client)
    const abort = (): void => socket.terminate()
    signal.addEventListener('abort', abort)
    try {
      return await unlessAborted(Promise.race([failure(wire, operation, socket), use(socket)]), signal)
    } catch (error) {
      signal.throwIfAborted()
      throw error
    } finally {
      signal.removeEventListener('abort', abort)
      socket.terminate()
    }
  })
}

function failure(wire: Wire, operation: Operation, socket: WebSocket): Promise<never> {
  return new Promise((_, reject) => {
    socket.on('unexpected-response', (_, response) => {
      // Our listening takes the request's end over from ws.
      wire.refusal(operation, response).then(reject, reject)
    })
    socket.on('error', cause => reject(networkError(operation, wire.server, cause)))
  })
}
