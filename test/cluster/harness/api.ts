import { once } from 'node:events'
import { Agent, request } from 'node:https'
import { json } from 'node:stream/consumers'
import { kubectl } from './kubectl.ts'

export type CallOptions = { method?: string; body?: unknown; contentType?: string }
export type Answer = Readonly<{ status: number; body: unknown }>

/** One call of the API server, by path; gives back the HTTP status and the decoded body, whatever the status. */
export type Api = (path: string, options?: CallOptions) => Promise<Answer>

type View = {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }]
  users: [{ user: { token: string } }]
}

/** Connects as $KUBECONFIG says. A call takes a few milliseconds; kubectl takes a hundred. */
export async function connect(): Promise<Api> {
  // The view of our own kubeconfig, which has just these fields.
  const view = JSON.parse(await kubectl(['config', 'view', '--raw', '--minify', '--output=json'])) as View
  const { server, 'certificate-authority-data': authority } = view.clusters[0].cluster
  const agent = new Agent({ keepAlive: true, ca: Buffer.from(authority, 'base64') })
  const authorization = `Bearer ${view.users[0].user.token}`
  return async (path, { method = 'GET', body, contentType = 'application/json' } = {}) => {
    const call = request(new URL(path, server), {
      method,
      agent,
      headers: { authorization, 'content-type': contentType },
    })
    call.end(body === undefined ? undefined : JSON.stringify(body))
    const [answer] = await once(call, 'response')
    return { status: answer.statusCode, body: await json(answer) }
  }
}

/** The body of a call that has to succeed; throws with the server's message otherwise. */
export async function ask<T>(api: Api, path: string, options?: CallOptions): Promise<T> {
  const { status, body } = await api(path, options)
  // The caller names the type that the API documents for this path.
  if (status < 300) return body as T
  throw new Error(
    `Cannot ${options?.method ?? 'GET'} ${path}: ${status} ${(body as { message?: string }).message ?? ''}`,
  )
}
