import { EXIT } from './exit.ts'

/** Where a command writes, and what ends it early. */
export interface Terminal {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
  /** Aborted by the first Ctrl-C or SIGTERM, and when nobody reads the output any more. */
  readonly signal: AbortSignal
}

export interface ProcessTerminal extends Terminal {
  /** The exit code that the signal asks for, or undefined when none came. */
  interruptedBy(): number | undefined
  /** Resolves when all that was printed has been handed over. */
  flush(): Promise<void>
}

const SIGNALS = { SIGINT: EXIT.interrupted, SIGTERM: EXIT.terminated } as const

/** This process's terminal. A second signal exits at once; a closed pipe on standard output aborts quietly. */
export function processTerminal(): ProcessTerminal {
  const controller = new AbortController()
  let code: number | undefined
  let isClosed = false
  for (const [signal, exitCode] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (code !== undefined) process.exit(code)
      code = exitCode
      controller.abort(new DOMException(`Ended by ${signal}`, 'AbortError'))
    })
  }
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    isClosed = true
    controller.abort(new DOMException('Nobody reads the output', 'AbortError'))
  })
  process.stderr.on('error', () => {}) // there is nowhere left to say it
  return {
    out: text => {
      if (!isClosed && text !== '') process.stdout.write(text)
    },
    err: text => void process.stderr.write(text),
    signal: controller.signal,
    interruptedBy: () => code,
    async flush() {
      for (const stream of [process.stdout, process.stderr]) await new Promise<void>(resolve => void stream.write('', () => resolve()))
    },
  }
}
