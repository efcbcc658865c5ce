import type { Behaviour, End, Signal } from './behaviour.ts'

/** The process of a container. */
export type Process = {
  readonly signal: (name: Signal) => void
  /** Ends it from inside, as a program's own quit command does. */
  readonly end: (how: End) => void
}

export type ProcessEvents = { readonly started: () => void; readonly exited: (code: number) => void }

/** Starts a process; both events come later, never during the call. */
export type StartProcess = (behaviour: Behaviour, events: ProcessEvents) => Process

/** What a process makes of time and signals, the same for a child and in memory. KILL is not its to decide. */
export function reactions(behaviour: Behaviour, exit: (code: number) => void, after: (ms: number, action: () => void) => unknown): Process {
  const end = (how: End): void => void after(how.delayMs ?? 0, () => exit(how.exit))
  if (behaviour.exitAfterMs !== undefined) end({ exit: behaviour.exit ?? 0, delayMs: behaviour.exitAfterMs })
  return {
    end,
    signal(name) {
      const reaction = behaviour.on?.[name]
      if (reaction !== undefined && reaction !== 'ignore') end(reaction)
    },
  }
}
