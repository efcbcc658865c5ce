import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Cluster, ClusterError } from '../../../runtime/cluster.ts'
import { connectCluster, type ConnectOptions } from '../../../runtime/cluster/connect.ts'

/** What a test needs of tap's `t`. */
export interface Test {
  teardown(end: () => void): void
}

/** A folder that goes with the test. */
export function folder(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), 'sidecar-reaper-'))
  t.teardown(() => rmSync(path, { recursive: true }))
  return path
}

export interface Received {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** How many came before it. */
  readonly index: number
}

export type Answer = (request: Received, response: ServerResponse) => void

export interface Api {
  readonly url: string
  readonly server: Server
  readonly received: Received[]
}

/** A server on loopback that answers as the test says; ends with the test. */
export async function api(t: Test, answer: Answer, tls?: { key: string; cert: string; ca?: string; requestCert?: boolean }): Promise<Api> {
  const received: Received[] = []
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = ''
    for await (const chunk of request) body += chunk
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x')
    const seen = {
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      headers: request.headers,
      body,
      index: received.length,
    }
    received.push(seen)
    answer(seen, response)
  }
  const listener = (request: IncomingMessage, response: ServerResponse): void => void take(request, response)
  const server = tls ? createTlsServer(tls, listener) : createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  // True of a server that listens on a port.
  const { port } = server.address() as AddressInfo
  return { url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`, server, received }
}

/** The path of a kubeconfig for that server. */
export function kubeconfig(t: Test, server: string, { cluster = {}, user = {} }: { cluster?: object; user?: object } = {}): string {
  const path = join(folder(t), 'config')
  const content = {
    'current-context': 'here',
    contexts: [{ name: 'here', context: { cluster: 'c', user: 'u', namespace: 'shop' } }],
    clusters: [{ name: 'c', cluster: { server, ...cluster } }],
    users: [{ name: 'u', user }],
  }
  writeFileSync(path, JSON.stringify(content))
  return path
}

/** A cluster whose server answers as the test says, with short pauses between tries. */
export async function connected(
  t: Test,
  answer: Answer,
  options: Partial<ConnectOptions> = {},
): Promise<Api & { cluster: Cluster; file: string }> {
  const server = await api(t, answer)
  const file = kubeconfig(t, server.url)
  const cluster = await connectCluster({ kubeconfig: file, callTimeoutMs: 2000, retry: { pauseMs: 5 }, env: {}, ...options })
  t.teardown(() => cluster.close())
  return { ...server, cluster, file }
}

export function json(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

/** A meta/v1 Status with that code. */
export function refuse(response: ServerResponse, code: number, message = '', headers: Record<string, string> = {}): void {
  response.writeHead(code, headers).end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message }))
}

export async function clusterError(promise: Promise<unknown>): Promise<ClusterError> {
  const error = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (error instanceof ClusterError) return error
  throw new Error('Expected a ClusterError', { cause: error })
}

export async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const value of values) list.push(value)
  return list
}

export interface Certificate {
  readonly key: string
  readonly cert: string
  readonly certFile: string
  readonly keyFile: string
}

/** A self-signed certificate for these names, made on the spot. */
export function certificate(t: Test, name: string, subjectAltName: string): Certificate {
  const place = folder(t)
  const [keyFile, certFile] = [join(place, `${name}.key`), join(place, `${name}.crt`)]
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', keyFile, '-out', certFile]
  execFileSync('openssl', [...make, '-days', '1', '-subj', `/CN=${name}`, '-addext', `subjectAltName=${subjectAltName}`], { stdio: 'pipe' })
  return { key: readFileSync(keyFile, 'utf8'), cert: readFileSync(certFile, 'utf8'), certFile, keyFile }
}

/** A signal that nobody aborts. */
export const calm = new AbortController().signal
