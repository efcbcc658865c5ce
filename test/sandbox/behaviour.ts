export const signals = ['TERM', 'INT', 'QUIT', 'HUP', 'USR1', 'USR2', 'KILL'] as const
export type Signal = (typeof signals)[number]

/** How a container's process ends: with this code, after this long. */
export type End = { readonly exit: number; readonly delayMs?: number }

/** What a command run in the container answers and does to the container's process. */
export type Command = {
  /** The whole command line joined by spaces, or an expression that finds something in it. */
  readonly command: string | RegExp
  readonly exit?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly signal?: Signal
  readonly ends?: End
}

/** What a program that listens answers, and what becomes of its process. */
export type Endpoint = {
  /** Default 200. */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Before it answers. A process that has ended by then answers nothing. */
  readonly delayMs?: number
  readonly ends?: End
}

/** What a container does, declared by the test. `{}` runs until it is killed and is deaf to all other signals, as PID 1 without a handler is. */
export type Behaviour = {
  readonly exitAfterMs?: number
  /** The code that it exits with after `exitAfterMs`, default 0. */
  readonly exit?: number
  readonly on?: Readonly<Partial<Record<Signal, End | 'ignore'>>>
  /** Programs that its image lacks, such as `['kill', 'sh']`. */
  readonly missing?: readonly string[]
  readonly commands?: readonly Command[]
  /** By port: what it answers, by method and path as in `POST /quitquitquit`. All else there is 404. */
  readonly listens?: Readonly<Record<number, Readonly<Record<string, Endpoint>>>>
  readonly preStopMs?: number
  /** Its image can't be pulled: it never starts. */
  readonly pull?: 'fails'
}

/** Behaviours by container name. Of a list the nth start of the container takes the nth, in whichever pod of a Job; the last one repeats. */
export type Behaviours = Readonly<Record<string, Behaviour | readonly Behaviour[]>>

/** A function that gives the behaviour for the next start of a container. */
export function behaviourSource(declared: Behaviours): (container: string) => Behaviour {
  const starts = new Map<string, number>()
  return name => {
    const start = starts.get(name) ?? 0
    starts.set(name, start + 1)
    const all = [declared[name] ?? {}].flat()
    return all[Math.min(start, all.length - 1)] ?? {}
  }
}
