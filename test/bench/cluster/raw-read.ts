import { once } from 'node:events'
import { Agent, request } from 'node:https'
import type { Connection } from '../../cluster/harness/api.ts'

/** What reading all pages of a list took, when their text is thrown away. */
export interface Reading {
  readonly ms: number
  readonly pages: number
  readonly bytes: number
}

/** Reads a list in pages of 500, one after the other over one connection, and makes nothing of it. */
export async function rawRead({ server, options }: Connection, list: string): Promise<Reading> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const started = performance.now()
  let [pages, bytes, token] = [0, 0, '']
  do {
    const next: string = token === '' ? '' : `&continue=${encodeURIComponent(token)}`
    const call = request(new URL(`${list}&limit=500${next}`, server), { ...options, agent })
    call.end()
    const [answer] = await once(call, 'response')
    if (answer.statusCode !== 200) throw new Error(`Cannot read ${list}: ${answer.statusCode}`)
    let head = ''
    for await (const chunk of answer) {
      bytes += chunk.length
      if (head.length < HEAD_BYTES) head += chunk
    }
    token = CONTINUE.exec(head.slice(0, HEAD_BYTES))?.[1] ?? ''
    pages++
  } while (token !== '')
  const ms = performance.now() - started
  agent.destroy()
  return { ms, pages, bytes }
}

// A list's metadata come before its items.
const CONTINUE = /"continue":"([^"]*)"/
const HEAD_BYTES = 2048
