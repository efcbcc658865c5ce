import { STATUS_CODES } from 'node:http'
import type { Cluster } from '../cluster.ts'
import type { Way } from '../verdict.ts'
import type { Target } from './target.ts'
import { failed, TOLD, type Told, unanswered } from './told.ts'

/** Calls the sidecar's quit endpoint on the pod's loopback interface. Only an answer 2xx means that it was taken. */
export async function callQuit(
  cluster: Cluster,
  target: Target,
  { method, port, path }: Extract<Way, { way: 'http' }>,
  signal: AbortSignal,
): Promise<Told> {
  const answer = await cluster.request(target, { method, port, path }, signal)
  if (answer.kind === 'failed') {
    const { error, code, wasSent } = answer
    // Once the node forwards, it is the sidecar that is silent: many end before they answer.
    return unanswered({ error, mayHaveRun: wasSent, isUnreachable: code === 'unreachable' && !wasSent })
  }
  if (answer.status >= 200 && answer.status < 300) return TOLD
  return failed(`${method} ${path} on port ${port} was answered with ${answer.status} ${STATUS_CODES[answer.status] ?? ''}`.trim())
}
