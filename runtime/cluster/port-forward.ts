import { request as httpRequest } from 'node:http'
import { Duplex } from 'node:stream'
import type WebSocket from 'ws'
import { ClusterError, type PodAnswer, type PodRequest } from '../cluster.ts'
import { printable } from '../printable.ts'
import { cannot } from './error.ts'
import type { Operation } from './operation.ts'
import type { CallOptions } from './request.ts'
import { overSocket } from './socket.ts'
import type { Wire } from './wire.ts'

// Of one port: its data and its errors, each beginning with a message that says which port it is (two bytes).
// pkg/kubelet's streaming server: k8s.io/kubelet/pkg/cri/streaming/portforward/websocket.go.
const PROTOCOLS = ['v4.channel.k8s.io']
const DATA = 0
const ERROR = 1
const PORT_BYTES = 2

/** Sends that request through the port-forward of the operation and gives back the status that it was answered with. */
export async function podRequest(
  wire: Wire,
  operation: Operation,
  request: PodRequest,
  options: CallOptions,
  signal: AbortSignal,
): Promise<PodAnswer> {
  let tunnel: Tunnel | undefined
  const answer = await overSocket(wire, operation, PROTOCOLS, options, signal, async socket => {
    tunnel = new Tunnel(socket)
    return { kind: 'answered', status: await answered(tunnel, operation, request) } as const
  })
  return answer.kind === 'answered' ? answer : { ...answer, wasSent: tunnel?.isCarrying ?? false }
}

function answered(tunnel: Tunnel, operation: Operation, { method, port, path }: PodRequest): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (found: string): void => reject(new ClusterError('server', `${cannot(operation)}: ${printable(found, 400)}`))
    const call = httpRequest({ method, path, host: 'localhost', port, createConnection: () => tunnel, headers: { 'content-length': 0 } })
    call.on('response', ({ statusCode = 0 }) => resolve(statusCode))
    call.on('upgrade', ({ statusCode = 0 }) => resolve(statusCode))
    call.on('error', ({ message }) => fail(message))
    call.end()
  })
}

/** The connection to the port. */
class Tunnel extends Duplex {
  readonly #socket: WebSocket
  readonly #began = new Set<number>()
  #isRefused = false

  constructor(socket: WebSocket) {
    super()
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#take(data[0] ?? 0, data.subarray(1)))
    socket.on('close', () => this.push(null))
  }

  /** Whether what was written may have come to the pod. */
  get isCarrying(): boolean {
    return this.#began.has(DATA) && !this.#isRefused
  }

  #take(channel: number, bytes: Buffer): void {
    const isFirst = !this.#began.has(channel)
    this.#began.add(channel)
    const rest = isFirst ? bytes.subarray(PORT_BYTES) : bytes
    if (rest.length === 0) return
    if (channel === DATA) this.push(rest)
    if (channel === ERROR) this.#refuse(rest.toString())
  }

  // The runtimes' words for a port that nobody listens on: containerd "failed to connect to localhost:1 inside namespace
  // …: connection refused", CRI-O "failed to dial 1: … connection refused".
  #refuse(message: string): void {
    this.#isRefused = /connection refused|failed to (connect|dial)/i.test(message)
    // containerd's sentence has more ids than a person wants to read.
    this.destroy(new Error(/connection refused/i.test(message) ? 'connection refused, nobody listens there' : message))
  }

  override _read(): void {}

  override _write(chunk: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    const send = (): void => this.#socket.send(Buffer.concat([Buffer.of(DATA), chunk]), error => done(error))
    if (this.#socket.readyState === this.#socket.OPEN) send()
    else this.#socket.once('open', send)
  }
}
