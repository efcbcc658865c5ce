export interface StatusLineOptions {
  /** To a terminal. */
  readonly write: (text: string) => void
  /** Milliseconds, from anywhere. */
  readonly now: () => number
  /** Pause between two redraws. Default 100. */
  readonly everyMs?: number
}

/** A single line of a terminal that is redrawn in place. */
export interface StatusLine {
  /** Draws it, unless it was drawn a moment ago. */
  show(text: string): void
  /** Takes the line away, so that something else can be printed. */
  clear(): void
}

const ERASE = '\r\x1b[K'

/** A line that says how far we are. */
export function statusLine({ write, now, everyMs = 100 }: StatusLineOptions): StatusLine {
  let drawnAt = Number.NEGATIVE_INFINITY
  let isShown = false
  return {
    show(text) {
      if (now() - drawnAt < everyMs && isShown) return
      drawnAt = now()
      isShown = true
      write(`${ERASE}${text}`)
    },
    clear() {
      if (isShown) write(ERASE)
      isShown = false
    },
  }
}
