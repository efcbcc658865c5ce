import type WebSocket from 'ws'
import { ClusterError, type ExecAnswer } from '../cluster.ts'
import { printable } from '../printable.ts'
import { cannot } from './error.ts'
import type { Operation } from './operation.ts'
import type { CallOptions } from './request.ts'
import { overSocket } from './socket.ts'
import type { Wire } from './wire.ts'

// Both send the command's Status on channel 3; the older ones do not.
const PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const STDOUT = 1
const STDERR = 2
const STATUS = 3
const STDOUT_BYTES = 64 * 1024
const STDERR_BYTES = 1024

// client-node's Exec gives no way to have what we need: its handshake error hides the HTTP answer of a refused upgrade
// (web-socket-handler.js, connect: only onerror), it lets go of the socket while connecting, a close without a Status
// is silent, a Status that is no JSON throws inside the event, and a close frame for channel 1 ends our own stdout.
/** Runs the command of that operation and gives back how it ended. */
export function exec(wire: Wire, operation: Operation, options: CallOptions, signal: AbortSignal): Promise<ExecAnswer> {
  return overSocket(wire, operation, PROTOCOLS, options, signal, socket => answer(operation, socket))
}

function answer(operation: Operation, socket: WebSocket): Promise<ExecAnswer> {
  return new Promise((resolve, reject) => {
    const stdout = collector(STDOUT_BYTES)
    const stderr = collector(STDERR_BYTES)
    socket.on('message', (data: Buffer) => {
      const rest = data.subarray(1)
      if (data[0] === STDOUT) stdout.push(rest)
      if (data[0] === STDERR) stderr.push(rest)
      if (data[0] === STATUS) resolve(ending(operation, rest.toString(), stdout.text(), printable(stderr.text().trim())))
    })
    socket.on('close', code =>
      reject(
        new ClusterError(
          'unreachable',
          `${cannot(operation)}: the connection was closed (${code}) before the command's result came; it may have run`,
        ),
      ),
    )
  })
}

/** What the Status of channel 3 says. */
export function ending(operation: Operation, text: string, output: string, complaint: string): ExecAnswer {
  const status = parsedStatus(text)
  if (status?.status === 'Success') return { kind: 'exited', code: 0, output, complaint }
  const exitCode = status?.details?.causes?.find(cause => cause.reason === 'ExitCode')?.message
  const code = Number.parseInt(exitCode ?? '', 10)
  if (status?.reason === 'NonZeroExitCode' && Number.isInteger(code)) return { kind: 'exited', code, output, complaint }
  return { kind: 'failed', code: 'server', error: `${cannot(operation)}: ${printable(status?.message ?? text, 400)}` }
}

interface ExecStatus {
  readonly status?: string
  readonly reason?: string
  readonly message?: string
  readonly details?: { readonly causes?: readonly { readonly reason?: string; readonly message?: string }[] }
}

function parsedStatus(text: string): ExecStatus | undefined {
  try {
    // A meta/v1 Status by the protocol; an odd one just has none of these fields.
    return (JSON.parse(text) ?? undefined) as ExecStatus | undefined
  } catch {
    return undefined
  }
}

interface Collector {
  push(chunk: Buffer): void
  text(): string
}

/** Keeps the first bytes of a stream and lets the rest go by. */
function collector(limit: number): Collector {
  const chunks: Buffer[] = []
  let room = limit
  return {
    push(chunk) {
      const kept = chunk.subarray(0, room)
      room -= kept.length
      if (kept.length > 0) chunks.push(kept)
    },
    text: () => Buffer.concat(chunks).toString(),
  }
}
