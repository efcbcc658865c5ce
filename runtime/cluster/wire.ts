import http, { type IncomingMessage } from 'node:http'
import https, { type RequestOptions } from 'node:https'
import { ClusterError } from '../cluster.ts'
import { serverClock, type ServerClock } from './clock.ts'
import { credentials } from './credentials.ts'
import { unlessAborted } from './deadline.ts'
import { address, cannot, networkError, reason, type Server, statusError } from './error.ts'
import type { Access } from './kubeconfig.ts'
import type { Operation } from './operation.ts'
import { proxyEnv } from './proxy.ts'
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
   * Runs `attempt` with fresh connection options, and once more when it ends with 401: a cached token may be stale, and
   * the server did nothing.
   */
  identified<T>(operation: Operation, signal: AbortSignal, attempt: (options: RequestOptions) => Promise<T>): Promise<T>
  /** The error for an answer with another status than 2xx (or 101), from its body; the connection is not used again when that is long. */
  refusal(operation: Operation, response: IncomingMessage): Promise<ClusterError>
  /** Aborts with close(). */
  readonly closed: AbortSignal
  close(): void
}

export interface WireOptions {
  readonly userAgent: string
  /** For HTTPS_PROXY, HTTP_PROXY and NO_PROXY. */
  readonly env: NodeJS.ProcessEnv
}

const ERROR_BODY_BYTES = 64 * 1024

export function openWire({ kubeConfig, server: base, source }: Access, { userAgent, env }: WireOptions): Wire {
  const secure = base.startsWith('https:')
  const server: Server = { origin: new URL(base).origin, source }
  const clock = serverClock()
  const identity = credentials(kubeConfig)
  const agentOptions = { keepAlive: true, proxyEnv: proxyEnv(new URL(base), env) }
  const direct = secure ? new https.Agent(agentOptions) : new http.Agent(agentOptions)
  const proxies = new Set<http.Agent>()
  const closing = new AbortController()
  const isProxied = Boolean(kubeConfig.getCurrentCluster()?.proxyUrl)

  // client-node's own agent keeps no connection alive and would go on with a client certificate that was replaced; only
  // for the kubeconfig's proxy-url it is needed.
  const pooled = (options: RequestOptions): http.Agent => {
    if (!isProxied || !(options.agent instanceof http.Agent)) return direct
    proxies.add(Object.assign(options.agent, { keepAlive: true }))
    return options.agent
  }
  const connection = async (operation: Operation, signal: AbortSignal): Promise<RequestOptions> => {
    try {
      return await unlessAborted(identity.options(), signal)
    } catch (cause) {
      signal.throwIfAborted()
      const code = networkCode(cause) === '' ? 'unauthorized' : 'config'
      throw new ClusterError(code, `${cannot(operation)}: no credentials for ${address(server)}: ${reason(cause)}`, { cause })
    }
  }
  const wire: Wire = {
    server,
    clock,
    closed: closing.signal,
    url: path => base + path,
    async identified(operation, signal, attempt) {
      const options = await connection(operation, signal)
      const complete = (options: RequestOptions): RequestOptions => ({ ...options, agent: pooled(options), headers: { ...options.headers, 'User-Agent': userAgent } })
      try {
        return await attempt(complete(options))
      } catch (error) {
        if (!(error instanceof ClusterError) || error.code !== 'unauthorized' || !identity.refuse(options)) throw error
        return await attempt(complete(await connection(operation, signal)))
      }
    },
    send(operation, signal) {
      return wire.identified(operation, signal, async options => {
        const response = await answer(operation, options, signal)
        const { statusCode = 0 } = response
        if (statusCode >= 200 && statusCode < 300) return response
        throw await wire.refusal(operation, response)
      })
    },
    async refusal(operation, response) {
      clock.observe(response.headers.date)
      const { statusCode: status = 0, headers } = response
      return statusError(operation, server, { status, body: await errorBody(response), retryAfterMs: retryAfterMs(headers['retry-after'], clock.now()) })
    },
    close() {
      closing.abort(new ClusterError('unreachable', `The connection to ${address(server)} was closed by us`))
      for (const agent of [direct, ...proxies]) agent.destroy()
    },
  }

  function answer({ method, path, body, ...operation }: Operation, options: RequestOptions, signal: AbortSignal): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const length = body === undefined ? {} : { 'Content-Type': body.type, 'Content-Length': Buffer.byteLength(body.text) }
      const fail = (cause: unknown): void => reject(signal.aborted ? signal.reason : networkError({ method, path, ...operation }, server, cause))
      try {
        const request = (secure ? https : http).request(base + path, { ...options, method, signal, headers: { ...options.headers, ...length, Accept: 'application/json' } })
        request.on('error', fail)
        request.on('response', response => {
          clock.observe(response.headers.date)
          resolve(response)
        })
        request.end(body?.text)
      } catch (cause) {
        // A key or certificate that OpenSSL cannot read throws here.
        fail(cause)
      }
    })
  }
  return wire
}

async function errorBody(response: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk
      if (text.length > ERROR_BODY_BYTES) break
    }
  } catch {
    // What came is still the best explanation of the status.
  }
  return text
}
