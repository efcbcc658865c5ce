import { setImmediate } from 'node:timers/promises'

/** One who takes tasks beside us, such as a thread. */
export interface Helper<T, R> {
  /** Whether it should be given another task. */
  isFree(): boolean
  /** @throws when it is gone; its tasks are then done here */
  take(task: T): Promise<R>
  end(): void
}

/** How far the tasks have come. */
export interface Progress {
  readonly done: number
  /** Tasks that are known and not done: all that are to come, or as many as are looked ahead. */
  readonly known: number
  readonly areAllKnown: boolean
}

/** Those who help, asked for before each turn until there is an answer. Undefined: not yet. */
export type Help<T, R> = (progress: Progress) => readonly Helper<T, R>[] | undefined

export interface TurnsOptions<T, R> {
  readonly here: (task: T) => Promise<R>
  /** Whether a task may be done before its turn, and by others. */
  readonly canBeShared: (task: T) => boolean
  /** Default: nobody helps. */
  readonly help?: Help<T, R> | undefined
}

/** Tasks that are known, or done, before the first of them has ended. */
const AHEAD = 128

interface Turn<T, R> {
  readonly task: T
  result: Promise<R> | undefined
  isDone: boolean
}

/** Does the tasks, here and with helpers at once, and gives each with its result in the order in which they came. */
export async function* inTurns<T, R>(tasks: AsyncIterable<T>, options: TurnsOptions<T, R>): AsyncGenerator<readonly [T, R]> {
  const { here, canBeShared, help } = options
  const waiting = tasks[Symbol.asyncIterator]()
  const turns: Turn<T, R>[] = []
  let areAllKnown = false
  let isOver = false
  let helpers: readonly Helper<T, R>[] | undefined
  let done = 0

  const know = async () => {
    while (!areAllKnown && turns.length < AHEAD) {
      const next = await waiting.next()
      if (next.done) areAllKnown = true
      else turns.push({ task: next.value, result: undefined, isDone: false })
    }
  }
  const shareable = () => turns.find(({ task, result }, index) => index > 0 && result === undefined && canBeShared(task))
  const takenBy = async (helper: Helper<T, R>, task: T) =>
    helper.take(task).catch((error: unknown) => {
      if (isOver) throw error
      return here(task)
    })
  const handOut = (all: readonly Helper<T, R>[]) => {
    for (const helper of all)
      for (let turn = shareable(); turn !== undefined && helper.isFree(); turn = shareable()) void begin(turn, takenBy(helper, turn.task))
  }
  const doHere = async (turn: Turn<T, R>, all: readonly Helper<T, R>[]) => {
    await begin(turn, here(turn.task))
    if (all.length === 0) return
    await setImmediate() // they are heard
    handOut(all)
  }

  try {
    for (;;) {
      await know()
      const [turn] = turns
      if (turn === undefined) return
      helpers ??= help?.({ done, known: turns.length, areAllKnown })
      const all = helpers ?? []
      handOut(all)
      if (turn.result === undefined) await doHere(turn, all)
      for (let other = shareable(); !turn.isDone && other !== undefined; other = shareable()) await doHere(other, all)
      turns.shift()
      done++
      yield [turn.task, await (turn.result as Promise<R>)] // it was begun
    }
  } finally {
    isOver = true
    for (const helper of helpers ?? []) helper.end()
    await waiting.return?.()
  }
}

async function begin<T, R>(turn: Turn<T, R>, result: Promise<R>): Promise<void> {
  turn.result = result
  // Whoever comes to its turn hears of an error.
  await result.then(
    () => (turn.isDone = true),
    () => (turn.isDone = true),
  )
}
