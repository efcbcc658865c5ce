import type { IncomingMessage } from 'node:http'
import { ClusterError, type ClusterErrorCode } from '../cluster.ts'
import { type ServerClock, serverClock } from './clock.ts'
import { credentials, type Identity } from './credentials.ts'
import { address, cannot, reason, type Server, statusError, timeoutError } from './error.ts'
import { answerHead, bodyStart } from './http.ts'
import type { Access } from './kubeconfig.ts'
import { LoginError } from './login-error.ts'
import { networkError } from './network-error.ts'
import type { Operation } from './operation.ts'
import { connectionPool } from './pool.ts'
import { proxyOf } from './proxy.ts'
import { networkCode, retryAfterMs } from './retry.ts'

/** Connections to one server under one identity. */
export interface Wire {
  readonly server: Server
  readonly clock: ServerClock
  /** Where that path is: the server's address may have one of its own. */
  url(path: string): string
  /** One try of an operation: the answer when its status is 2xx, its body still to be read; else a ClusterError. */
  send(operation: Operation, signal: AbortSignal): Promise<IncomingMessage>
  /**
   * Runs `attempt` with fresh credentials, and once more when it ends with 401: a cached token may be stale, and the
   * server did nothing.
   */
  identified<T>(operation: Operation, signal: AbortSignal, attempt: (identity: Identity) => Promise<T>): Promise<T>
  /** The error for an answer with another status than was hoped for, from its body. */
  refusal(operation: Operation, response: IncomingMessage): Promise<ClusterError>
  /** The error for a call that ran into its deadline: it names whom it was waiting for. */
  timeout(operation: Operation, ms: number): ClusterError
  /** Aborts with close(). */
  readonly closed: AbortSignal
  close(): void
}

export interface WireOptions {
  readonly userAgent: string
  /** For HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and of credential plugins. */
  readonly env: NodeJS.ProcessEnv
}

export function openWire(access: Access, { userAgent, env }: WireOptions): Wire {
  const { server: base, source } = access
  const proxy = proxyOf(access, env)
  const server: Server = { origin: new URL(base).origin, source, ...(proxy ? { proxy: proxy.name } : {}) }
  const clock = serverClock()
  const login = credentials(access, proxy, env)
  const pool = connectionPool(base.startsWith('https:'), proxy)
  const closing = new AbortController()
  const loggingIn = new Set<Operation>()

  const noCredentials = (operation: Operation, code: ClusterErrorCode, found: string, cause?: unknown): ClusterError =>
    new ClusterError(code, `${cannot(operation)}: no credentials for ${address(server)}: ${found}`, { cause })
  const loggedIn = async (operation: Operation, signal: AbortSignal): Promise<Identity> => {
    loggingIn.add(operation)
    try {
      return await login.identity(signal)
    } catch (cause) {
      signal.throwIfAborted()
      const code = cause instanceof LoginError ? cause.code : networkCode(cause) === '' ? 'unauthorized' : 'config'
      throw noCredentials(operation, code, reason(cause), cause)
    } finally {
      loggingIn.delete(operation)
    }
  }
  const connection = (identity: Identity): Identity => {
    return { ...identity, agent: pool.agent(identity), headers: { ...identity.headers, 'User-Agent': userAgent } }
  }
  const wire: Wire = {
    server,
    clock,
    closed: closing.signal,
    url: path => base + path,
    async identified(operation, signal, attempt) {
      const identity = await loggedIn(operation, signal)
      try {
        return await attempt(connection(identity))
      } catch (error) {
        if (!(error instanceof ClusterError) || error.code !== 'unauthorized' || !login.refuse(identity)) throw error
        return await attempt(connection(await loggedIn(operation, signal)))
      }
    },
    send(operation, signal) {
      return wire.identified(operation, signal, async identity => {
        const response = await answerHead(base, operation, identity, signal).catch((cause: unknown) => {
          signal.throwIfAborted()
          throw networkError(operation, server, cause)
        })
        clock.observe(response.headers.date)
        const { statusCode = 0 } = response
        if (statusCode >= 200 && statusCode < 300) return response
        throw await wire.refusal(operation, response)
      })
    },
    async refusal(operation, response) {
      const { statusCode: status = 0, headers } = response
      const pauseMs = retryAfterMs(headers['retry-after'], clock.now())
      return statusError(operation, server, { status, body: await bodyStart(response), retryAfterMs: pauseMs })
    },
    timeout(operation, ms) {
      if (!loggingIn.has(operation)) return timeoutError(operation, server, ms)
      return noCredentials(operation, 'config', `${login.issuer} gave no answer within ${ms / 1000} s`)
    },
    close() {
      closing.abort(new ClusterError('unreachable', `The connection to ${address(server)} was closed by us`))
      pool.close()
    },
  }
  return wire
}
