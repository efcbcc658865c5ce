import { type Deadline, startDeadline } from './deadline.ts'
import { answerError, reason } from './error.ts'
import { bodyText } from './http.ts'
import { networkError } from './network-error.ts'
import type { Operation } from './operation.ts'
import { retrying, type RetryOptions } from './retry.ts'
import type { Wire } from './wire.ts'

/** How every call behaves. */
export interface CallOptions {
  readonly callTimeoutMs: number
  readonly retry: RetryOptions
}

/** The deadline of one call: the call timeout, the caller's signal, the end of the wire. */
export function callDeadline(wire: Wire, operation: Operation, { callTimeoutMs }: CallOptions, signal: AbortSignal): Deadline {
  return startDeadline(callTimeoutMs, () => wire.timeout(operation, callTimeoutMs), [signal, wire.closed])
}

/** The JSON object that a call answers with, tried again as its operation allows. */
export async function request(wire: Wire, operation: Operation, options: CallOptions, signal: AbortSignal): Promise<object> {
  using deadline = callDeadline(wire, operation, options, signal)
  return await retrying(() => tryOnce(wire, operation, deadline.signal), operation.repeat, deadline, options.retry)
}

async function tryOnce(wire: Wire, operation: Operation, signal: AbortSignal): Promise<object> {
  const response = await wire.send(operation, signal)
  const text = await bodyText(response).catch(cause => {
    signal.throwIfAborted()
    throw networkError(operation, wire.server, cause)
  })
  return parsed(text, cause =>
    answerError(operation, wire.server, `${response.statusCode} and a body that is no JSON object (${reason(cause)})`, cause),
  )
}

function parsed(text: string, failure: (cause: SyntaxError) => Error): object {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null) return value
  } catch (cause) {
    if (cause instanceof SyntaxError) throw failure(cause)
  }
  throw failure(new SyntaxError('no object'))
}
