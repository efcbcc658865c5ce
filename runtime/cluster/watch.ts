import { setTimeout as sleep } from 'node:timers/promises'
import { ClusterError, type PodChange } from '../cluster.ts'
import type { Pod } from '../pod.ts'
import { startDeadline } from './deadline.ts'
import { answerError, statusError, timeoutError } from './error.ts'
import { networkError } from './network-error.ts'
import type { Operation, Query } from './operation.ts'
import type { CallOptions } from './request.ts'
import { isPassing, pauseMs } from './retry.ts'
import type { Wire } from './wire.ts'

export interface WatchOptions extends CallOptions {
  /** Seconds after which the server is asked to close the connection; one that it does not close is given up for dead. */
  readonly watchSeconds: number
}

// How much longer than asked for a connection may live: the server needs a moment to close it.
const PATIENCE = 1.2

interface WatchEvent {
  readonly type: string
  readonly object: Pod
}

/**
 * Pods as they change after that resourceVersion, until the signal. A connection that dies without a word is noticed
 * because each lives only `watchSeconds`: the server, asked to, sends a bookmark before it closes, so the next one goes
 * on from there.
 */
export async function* podChanges(
  wire: Wire,
  operation: (query: Query) => Operation,
  from: string,
  options: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<PodChange> {
  const { maxTries = 5, pauseMs: firstMs } = options.retry
  let resourceVersion = from
  let failures = 0
  while (!signal.aborted) {
    const query = { resourceVersion, timeoutSeconds: String(Math.ceil(options.watchSeconds)) }
    const startedAt = performance.now()
    let pause = 0
    try {
      for await (const { type, object } of events(wire, operation(query), options, signal)) {
        failures = 0
        resourceVersion = object.metadata?.resourceVersion ?? resourceVersion
        if (type === 'ADDED' || type === 'MODIFIED') yield { kind: 'changed', pod: object }
        if (type === 'DELETED') yield { kind: 'deleted', pod: object }
      }
      // A server that closes each connection at once must not be asked all day long.
      if (performance.now() - startedAt < 1000) pause = pauseMs(1, undefined, firstMs ?? 200, Math.random())
      else failures = 0
    } catch (error) {
      if (signal.aborted) return
      if (wire.closed.aborted || !isLost(error) || ++failures >= maxTries) throw error
      pause = pauseMs(failures, error.retryAfterMs, firstMs ?? 200, Math.random())
    }
    await sleep(pause, undefined, { signal: AbortSignal.any([signal, wire.closed]) }).catch(() => {})
  }
}

// A watch only reads, so a time-out may be tried again too.
function isLost(error: unknown): error is ClusterError {
  return isPassing(error, 'read') || (error instanceof ClusterError && error.code === 'unreachable' && error.cause === undefined)
}

async function* events(
  wire: Wire,
  operation: Operation,
  { callTimeoutMs, watchSeconds }: WatchOptions,
  signal: AbortSignal,
): AsyncGenerator<WatchEvent> {
  using deadline = startDeadline(callTimeoutMs, () => wire.timeout(operation, callTimeoutMs), [signal, wire.closed])
  const response = await wire.send(operation, deadline.signal)
  const lifeMs = watchSeconds * 1000 * PATIENCE
  deadline.restart(lifeMs, () => timeoutError(operation, wire.server, lifeMs))
  try {
    for await (const line of lines(response)) {
      yield watchEvent(wire, operation, line)
    }
  } catch (cause) {
    deadline.signal.throwIfAborted()
    throw cause instanceof ClusterError ? cause : networkError(operation, wire.server, cause)
  } finally {
    response.destroy()
  }
}

function watchEvent(wire: Wire, operation: Operation, line: string): WatchEvent {
  const event = parsedEvent(line)
  if (event === undefined) throw answerError(operation, wire.server, 'a line that is no watch event', new SyntaxError(line.slice(0, 200)))
  if (event.type !== 'ERROR') return event
  const status = 'code' in event.object && typeof event.object.code === 'number' ? event.object.code : 500
  throw statusError(operation, wire.server, { status, body: JSON.stringify(event.object) })
}

function parsedEvent(line: string): WatchEvent | undefined {
  try {
    const event: unknown = JSON.parse(line)
    const isEvent = typeof event === 'object' && event !== null && 'type' in event && 'object' in event && typeof event.object === 'object'
    // True by the watch API: the object is a pod, all of whose fields we take for absent until seen, or a Status.
    return isEvent && event.object !== null ? (event as WatchEvent) : undefined
  } catch {
    return undefined
  }
}

/** The lines of a stream; what follows the last line feed is dropped, because it was cut. */
async function* lines(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let pending: Buffer[] = []
  for await (const chunk of stream) {
    let start = 0
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...pending, chunk.subarray(start, end)]).toString()
      pending = []
      start = end + 1
      if (line !== '') yield line
    }
    if (start < chunk.length) pending.push(chunk.subarray(start))
  }
}
