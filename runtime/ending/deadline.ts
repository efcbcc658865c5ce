import { LONGEST_TIMER_MS } from '../cluster/deadline.ts'

/** A signal that aborts with its parent, after that time, or when it is disposed, whichever is first. */
export class Deadline implements Disposable {
  readonly signal: AbortSignal
  readonly #controller = new AbortController()
  readonly #parent: AbortSignal
  #timer: NodeJS.Timeout | undefined
  readonly #abort: () => void

  /** Without `milliseconds` only the parent or the disposal aborts it, until there is a limit. */
  constructor(parent: AbortSignal, milliseconds?: number) {
    this.signal = this.#controller.signal
    this.#parent = parent
    this.#abort = () => this.#controller.abort(parent.reason)
    if (parent.aborted) this.#abort()
    if (parent.aborted) return
    parent.addEventListener('abort', this.#abort, { once: true })
    if (milliseconds !== undefined) this.limit(milliseconds)
  }

  /** Aborts it after that time, which begins now; only the first limit counts. */
  limit(milliseconds: number): void {
    if (this.signal.aborted) return
    this.#timer ??= setTimeout(() => this.#controller.abort(timeout()), Math.min(milliseconds, LONGEST_TIMER_MS))
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer)
    this.#parent.removeEventListener('abort', this.#abort)
    this.#controller.abort()
  }
}

/** Whether a signal was aborted because its time was over. */
export function isTimeout({ reason }: AbortSignal): boolean {
  return reason instanceof DOMException && reason.name === 'TimeoutError'
}

function timeout(): DOMException {
  return new DOMException('The deadline is over', 'TimeoutError')
}
