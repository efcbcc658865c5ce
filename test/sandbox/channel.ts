import { Duplex } from 'node:stream'
import type { WebSocket } from 'ws'

/** One stream of a WebSocket whose messages begin with the number of their channel, one byte. */
export class Channel extends Duplex {
  readonly #socket: WebSocket
  readonly #number: number

  constructor(socket: WebSocket, number: number) {
    super()
    this.#socket = socket
    this.#number = number
    // Binary messages of ws are Buffers unless it is told otherwise.
    socket.on('message', (data: Buffer) => {
      if (data[0] === number) this.push(data.subarray(1))
    })
    socket.on('close', () => this.destroy())
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    // A client that has gone needs no answer.
    this.#socket.send(Buffer.concat([Buffer.of(this.#number), chunk]), () => done())
  }
}
