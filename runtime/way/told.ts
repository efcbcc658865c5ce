import type { ExecAnswer } from '../cluster.ts'
import { printable } from '../printable.ts'

/** How a call to a container went. */
export interface Told {
  /**
   * `maybe`: its answer proves nothing, the pod's status will say. `unlikely`: a program in the container says that it
   * failed, which it also does when what it told ended before it answered. `failed`: the container was told nothing.
   */
  readonly kind: 'told' | 'maybe' | 'unlikely' | 'failed'
  /** What went wrong; empty when nothing did. */
  readonly error: string
  /** The call did not reach the container's node, or nothing came back from there. */
  readonly isUnreachable: boolean
}

export const TOLD: Told = { kind: 'told', error: '', isUnreachable: false }

export function failed(error: string): Told {
  return { kind: 'failed', error, isUnreachable: false }
}

/** What the answer to an exec of that program says. */
export function toldBy(answer: ExecAnswer, program: string): Told {
  // No answer in time, or the connection broke: the command may have run all the same.
  if (answer.kind === 'failed') {
    const isLost = answer.code === 'unreachable'
    return unanswered({ error: answer.error, mayHaveRun: isLost, isUnreachable: isLost })
  }
  if (answer.code === 0) return TOLD
  // The exec itself was killed when the container ended, which a good signal does (137 seen on containerd 1.6).
  if (answer.code === 137 || answer.code === 143) return { kind: 'maybe', error: '', isUnreachable: false }
  const error = `${printable(program, 60)} exited ${answer.code}: ${printable(answer.complaint)}`
  return isMissingCommand(answer) ? failed(error) : { kind: 'unlikely', error, isUnreachable: false }
}

interface Silence {
  readonly error: string
  readonly mayHaveRun: boolean
  readonly isUnreachable: boolean
}

/** What is known when no answer came: the apiserver's words tell a kubelet that takes no connection from one that is silent. */
export function unanswered({ error, mayHaveRun, isUnreachable }: Silence): Told {
  // client-go and the proxy: "error dialing backend".
  if (/error dialing backend/.test(error)) return { kind: 'failed', error, isUnreachable: true }
  return { kind: mayHaveRun ? 'maybe' : 'failed', error, isUnreachable }
}

/** containerd: a Status failure "OCI runtime exec failed: … executable file not found in $PATH"; CRI-O and a shell: exit 127 or 126. */
export function isMissingCommand(answer: ExecAnswer): boolean {
  if (answer.kind === 'exited') return answer.code === 127 || answer.code === 126
  return /executable file not found|no such file or directory|exec failed/i.test(answer.error)
}
