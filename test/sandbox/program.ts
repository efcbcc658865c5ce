import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Endpoint } from './behaviour.ts'
import type { Container } from './container.ts'
import type { Effect } from './fault.ts'
import type { Timers } from './timers.ts'

type Declared = Extract<Effect, { kind: 'port-forward' }>

/** A connection to a port of a container. */
type Connection = {
  readonly port: number
  readonly stream: Duplex
  /** The program breaks it. */
  readonly reset: () => void
  /** Something on the way breaks it. */
  readonly cut: () => void
}

/** Answers what comes over a connection as the container's program does, or as a fault declares. */
export function accept(connection: Connection, container: Container, declared: Declared | undefined, timers: Timers): void {
  const program = createServer(({ method, url }, response) => {
    const endpoint = container.behaviour.listens?.[connection.port]?.[`${method} ${url}`] ?? { status: 404 }
    const cancel = timers.after(endpoint.delayMs ?? 0, () => answer(connection, response, endpoint, declared?.answer))
    if (endpoint.ends === undefined || declared?.deliver === false) return
    void container.exited.then(() => {
      cancel()
      if (declared === undefined && !response.writableEnded) connection.reset()
    })
    container.end(endpoint.ends)
  })
  program.emit('connection', connection.stream)
}

function answer(
  { stream, reset, cut }: Connection,
  response: ServerResponse,
  endpoint: Endpoint,
  declared: Declared['answer'] | undefined,
): void {
  if (declared === 'refused' || declared === 'never') return
  if (declared === 'half') return void stream.end('HTTP/1.1 200 O')
  if (declared === 'reset') return reset()
  if (declared === 'cut') return cut()
  const { status = 200, headers = {}, body }: Endpoint = declared ?? endpoint
  response.writeHead(status, headers).end(body)
}
