import type { Entry } from './entry.ts'
import type { Status } from './failure.ts'
import type { Json } from './objects.ts'

/** What the server answers, as a value. */
export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: readonly Buffer[]
}

const newline = Buffer.from('\n')
const json = { 'content-type': 'application/json' }

export function jsonAnswer(status: number, body: Json): Answer {
  return { status, headers: json, body: [Buffer.from(JSON.stringify(body)), newline] }
}

export function buffersAnswer(status: number, body: readonly Buffer[]): Answer {
  return { status, headers: json, body: [...body, newline] }
}

export function statusAnswer(status: Status): Answer {
  return jsonAnswer(status.code, status)
}

/** What a kubelet answers, which speaks no JSON. */
export function plainAnswer(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: [Buffer.from(body)] }
}

export function entryAnswer(status: number, entry: Entry): Answer {
  return buffersAnswer(status, [entry.whole()])
}
