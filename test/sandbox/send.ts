import type { ServerResponse } from 'node:http'
import type { Answer } from './answer.ts'
import type { WatchSink } from './watch.ts'

/** Sends an answer, or as much of its body as a declared cut allows. */
export function send(response: ServerResponse, answer: Answer, cutAfter: number): void {
  const body = Buffer.concat(answer.body)
  response.writeHead(answer.status, { ...answer.headers, 'content-length': String(body.length) })
  if (cutAfter >= body.length) return void response.end(body)
  response.write(body.subarray(0, cutAfter), () => response.destroy())
}

/** The lines of a watch on their way to the client. */
export function sink(response: ServerResponse, cutAfter: number): WatchSink {
  let left = cutAfter
  return {
    send(line) {
      if (response.destroyed || response.writableEnded) return
      const isCut = line.length > left
      response.write(isCut ? line.subarray(0, left) : line, () => {
        if (isCut) response.destroy()
      })
      left -= line.length
    },
    end: () => void response.end(),
    onClose: action => void response.once('close', action),
  }
}
