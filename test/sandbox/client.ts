import { Writable } from 'node:stream'
import { Exec, KubeConfig } from '@kubernetes/client-node'
import type { V1Status } from '@kubernetes/client-node'
import type { Json } from './objects.ts'
import type { Sandbox } from './sandbox.ts'

export type Reply = { readonly status: number; readonly headers: Headers; readonly body: ReplyBody }

/** An answer's JSON, deep enough for the fields that tests look at. */
export type ReplyBody = {
  readonly kind?: string
  readonly message?: string
  readonly reason?: string
  readonly code?: number
  readonly metadata?: {
    readonly [field: string]: unknown
    readonly resourceVersion?: string
    readonly continue?: string
    readonly remainingItemCount?: number
    readonly name?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly status?: { readonly [field: string]: unknown } | string
  readonly items?: readonly { readonly metadata: { readonly name: string; readonly namespace?: string } }[]
  readonly [field: string]: unknown
}

/** A plain call of the sandbox's API. */
export async function call(sandbox: Sandbox, method: string, path: string, body?: Json, contentType = 'application/json'): Promise<Reply> {
  const response = await fetch(sandbox.url + path, {
    method,
    headers: { authorization: `Bearer ${sandbox.token}`, 'content-type': contentType },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { message: text } }
}

/** A merge patch of a pod's status, as the reaper sends it. */
export function patchStatus(sandbox: Sandbox, pod: string, patch: Json): Promise<Reply> {
  return call(sandbox, 'PATCH', `/api/v1/namespaces/default/pods/${pod}/status`, patch, 'application/merge-patch+json')
}

export type WatchEvent = { readonly type: string; readonly object: ReplyBody }

/** Opens a watch; its events come as they arrive, until the server ends it or the caller leaves the loop. */
export async function* watchEvents(sandbox: Sandbox, path: string): AsyncGenerator<WatchEvent> {
  const response = await fetch(sandbox.url + path, { headers: { authorization: `Bearer ${sandbox.token}` } })
  const decoder = new TextDecoderStream()
  let rest = ''
  for await (const chunk of response.body?.pipeThrough(decoder) ?? []) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield JSON.parse(line)
  }
}

/** All events of a watch until the server ends it. */
export async function allEvents(events: AsyncGenerator<WatchEvent>): Promise<readonly WatchEvent[]> {
  const all: WatchEvent[] = []
  for await (const event of events) all.push(event)
  return all
}

/** The next event of a watch, in short. */
export async function nextEvent(events: AsyncGenerator<WatchEvent>): Promise<string> {
  const { value, done } = await events.next()
  return done === true ? 'end' : `${value.type} ${value.object.metadata?.name ?? value.object.reason ?? ''}`.trim()
}

/** Runs a command through client-node's own Exec; gives its Status and what it printed. */
export async function exec(
  sandbox: Sandbox,
  pod: string,
  container: string,
  command: readonly string[],
): Promise<{ readonly status: V1Status; readonly output: string }> {
  const config = new KubeConfig()
  config.loadFromString(sandbox.kubeconfig)
  let output = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      output += chunk.toString()
      done()
    },
  })
  const { promise, resolve, reject } = Promise.withResolvers<V1Status>()
  const socket = await new Exec(config).exec('default', pod, container, [...command], stream, stream, null, false, resolve)
  socket.onclose = () => reject(new Error('The socket was closed without a status'))
  const status = await promise
  return { status, output }
}
