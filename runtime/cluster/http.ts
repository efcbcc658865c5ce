import http, { type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { Socket } from 'node:net'
import type { Identity } from './credentials.ts'
import { unlessAborted } from './deadline.ts'
import type { Operation } from './operation.ts'

const ERROR_CHARACTERS = 64 * 1024

/** The head of an operation's answer, whatever its status; the signal ends its body too. */
export async function answerHead(
  base: string,
  { method, path, body }: Operation,
  identity: Identity,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted()
  const { request } = base.startsWith('https:') ? https : http
  const content = body === undefined ? {} : { 'Content-Type': body.type, 'Content-Length': Buffer.byteLength(body.text) }
  const headers = { ...identity.headers, ...content, Accept: 'application/json' }
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    // A key or certificate that OpenSSL cannot read throws here.
    const sent = request(base + path, { ...identity, method, signal, headers })
    sent.on('error', reject)
    sent.on('socket', survive)
    sent.on('response', resolve)
    sent.end(body?.text)
  })
  // A request says nothing of its end while it waits for a proxy's connection.
  return await unlessAborted(answered, signal)
}

// An abort in the very tick in which the answer ends destroys the socket when the request listens to it no more: its error
// would be nobody's and end the process (seen with Node 24.21, a watch that the server closes with its last event).
function survive(socket: Socket): void {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore)
}

function ignore(): void {}

/** A whole body. */
export function bodyText(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => resolve(Buffer.concat(chunks).toString()))
    response.on('error', reject)
  })
}

/** As much of a body as explains a status. The connection of a longer one is not used again. */
export async function bodyStart(response: IncomingMessage): Promise<string> {
  let text = ''
  try {
    for await (const chunk of response.setEncoding('utf8')) {
      text += chunk
      if (text.length > ERROR_CHARACTERS) break
    }
  } catch {
    // What came is still the best explanation of the status.
  }
  return text
}
