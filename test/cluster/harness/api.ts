import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'
import { KubeConfig } from '@kubernetes/client-node'
import { once } from 'node:events'
import { Agent, request, type AgentOptions, type RequestOptions } from 'node:https'
import { createInterface } from 'node:readline'
import { json } from 'node:stream/consumers'

export type CallOptions = { method?: string; body?: unknown; contentType?: string }
export type Answer = Readonly<{ status: number; body: unknown }>

/** One call of the API server, by path; gives back the HTTP status and the decoded body, whatever the status. */
export type Api = (path: string, options?: CallOptions) => Promise<Answer>

/** One change that a watch shows. */
export type Change = Readonly<{ type: string; object: unknown }>

/** A server, and who we are to it. */
export type Connection = Readonly<{
  api: Api
  /** Where the server is. */
  server: URL
  /** What a request of our own to the server needs: authority, and our credentials. */
  options: RequestOptions
  /** The changes of a watch path until the signal ends it; throws when the server ends it. */
  changes(path: string, signal: AbortSignal): AsyncGenerator<Change>
  /** A kubeconfig in JSON for the same server and somebody else's token. */
  kubeconfig(token: string): string
}>

/** Connects as $KUBECONFIG, or ~/.kube/config, and that context say. A call takes a few milliseconds; kubectl takes a hundred. */
export async function connect(context?: string): Promise<Connection> {
  const config = new KubeConfig()
  config.loadFromDefault()
  if (context !== undefined) config.setCurrentContext(context)
  const cluster = config.getCurrentCluster()
  if (!cluster) throw new Error(`Cannot connect to a cluster: the kubeconfig has no context ${context ?? config.currentContext}`)
  const server = new URL(cluster.server)
  const options: RequestOptions = {}
  await config.applyToHTTPSOptions(options)
  const { agent: _, ...identity } = options
  options.agent = new Agent({ ...(identity as AgentOptions), keepAlive: true }) // certificates and keys, which both types have
  const open = async (path: string, callOptions: CallOptions, signal?: AbortSignal): Promise<IncomingMessage> => {
    const { method = 'GET', body, contentType = 'application/json' } = callOptions
    const text = body === undefined ? '' : JSON.stringify(body)
    // Of itself Node says no length for the body of a DELETE.
    // What applyToHTTPSOptions sets is an object of header fields.
    const headers = { ...(options.headers as OutgoingHttpHeaders), 'content-type': contentType, 'content-length': Buffer.byteLength(text) }
    const call = request(new URL(path, server), { ...options, method, headers, ...(signal ? { signal } : {}) })
    call.end(text)
    try {
      const [answer] = (await once(call, 'response')) as [IncomingMessage] // what the event gives
      return answer
    } catch (error) {
      // The server closed a connection that it had kept, before our request came (nodejs.org/api/http.html, request.reusedSocket).
      if (call.reusedSocket && error instanceof Error && 'code' in error && error.code === 'ECONNRESET')
        return open(path, callOptions, signal)
      throw error
    }
  }
  return {
    server,
    options,
    async api(path, callOptions = {}) {
      const answer = await open(path, callOptions)
      return { status: answer.statusCode ?? 0, body: await json(answer) }
    },
    async *changes(path, signal) {
      const answer = await open(path, {}, signal)
      for await (const line of createInterface({ input: answer })) yield JSON.parse(line) as Change // a watch speaks lines of these
      if (!signal.aborted) throw new Error(`The server ended the watch ${path}`)
    },
    kubeconfig(token) {
      const other = new KubeConfig()
      other.loadFromClusterAndUser(cluster, { name: 'other', token })
      return other.exportConfig()
    },
  }
}

/** The body of a call that has to succeed; throws with the server's message otherwise. */
export async function ask<T>(api: Api, path: string, options?: CallOptions): Promise<T> {
  const { status, body } = await api(path, options)
  // The caller names the type that the API documents for this path.
  if (status < 300) return body as T
  throw new Error(`Cannot ${options?.method ?? 'GET'} ${path}: ${status} ${(body as { message?: string }).message ?? ''}`)
}
