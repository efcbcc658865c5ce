import t from 'tap'
import { type Helper, inTurns, type Progress } from '../../../runtime/review/turns.ts'

/** What is done with each number, and by whom. */
interface Doer extends Helper<number, string> {
  readonly taken: number[]
  isEnded: boolean
}

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number++) yield number
}

function doer({ fails = () => false }: { readonly fails?: (task: number) => boolean } = {}): Doer {
  const taken: number[] = []
  let isGone = false
  return {
    taken,
    isEnded: false,
    isFree: () => !isGone,
    async take(task) {
      taken.push(task)
      await new Promise(resolve => setImmediate(resolve))
      if (!fails(task)) return `${task} there`
      isGone = true
      throw new Error('gone')
    },
    end() {
      this.isEnded = true
    },
  }
}

const here = async (task: number) => `${task} here`

async function all(turns: AsyncIterable<readonly [number, string]>): Promise<readonly string[]> {
  const results: string[] = []
  for await (const [task, result] of turns) results.push(`${task}: ${result}`)
  return results
}

t.test('inTurns() does everything here where nobody helps, in order', async t => {
  t.strictSame(await all(inTurns(numbers(3), { here, canBeShared: () => true })), ['0: 0 here', '1: 1 here', '2: 2 here'])
})

t.test('inTurns() asks who helps until there is an answer, and keeps the order', async t => {
  const asked: Progress[] = []
  const helper = doer()
  const help = (progress: Progress) => {
    asked.push(progress)
    return progress.done < 100 ? undefined : [helper]
  }
  const results = await all(inTurns(numbers(200), { here, canBeShared: () => true, help }))
  t.strictSame(asked[0], { done: 0, known: 128, areAllKnown: false })
  t.strictSame(asked.at(-1), { done: 100, known: 100, areAllKnown: true })
  t.equal(asked.length, 101)
  t.strictSame(
    results.map(result => Number.parseInt(result, 10)),
    Array.from({ length: 200 }, (_, index) => index),
  )
  t.notOk(
    results.slice(0, 100).some(result => result.endsWith('there')),
    'not before',
  )
  t.ok(
    results.some(result => result.endsWith('there')) && results.slice(100).some(result => result.endsWith('here')),
    'both have done some',
  )
  t.ok(helper.isEnded)
})

t.test('inTurns() never does before its turn, nor gives away, what cannot be shared', async t => {
  const order: number[] = []
  const helper = doer()
  const noting = async (task: number) => {
    order.push(task)
    return here(task)
  }
  await all(inTurns(numbers(40), { here: noting, canBeShared: task => task % 2 === 0, help: () => [helper] }))
  t.strictSame(
    helper.taken.filter(task => task % 2 === 1),
    [],
  )
  const alone = order.filter(task => task % 2 === 1)
  t.strictSame(
    alone,
    [...alone].toSorted((one, other) => one - other),
  )
})

t.test('inTurns() does here what a helper that is gone had taken', async t => {
  const helper = doer({ fails: task => task === 7 })
  const results = await all(inTurns(numbers(40), { here, canBeShared: () => true, help: () => [helper] }))
  t.equal(results[7], '7: 7 here')
  t.equal(results.length, 40)
})

t.test('inTurns() throws what a task throws when it comes to its turn, and ends the helpers', async t => {
  const helper = doer()
  const failing = async (task: number) => {
    if (task === 0) return here(task)
    throw new Error(`no ${task}`)
  }
  const given: number[] = []
  const turns = inTurns(numbers(5), { here: failing, canBeShared: task => task !== 3, help: () => [helper] })
  await t.rejects(async () => {
    for await (const [task] of turns) given.push(task)
  }, /no \d/)
  t.ok(helper.isEnded)
  t.equal(given[0], 0)
})

t.test('inTurns() does nothing here for a helper that it has ended', async t => {
  const done: number[] = []
  const waiting: PromiseWithResolvers<string>[] = []
  const helper: Helper<number, string> = {
    isFree: () => waiting.length < 3,
    take: async () => {
      const one = Promise.withResolvers<string>()
      waiting.push(one)
      return one.promise
    },
    end: () => {
      for (const { reject } of waiting) reject(new Error('ended'))
    },
  }
  const noting = async (task: number) => {
    done.push(task)
    return here(task)
  }
  for await (const [task] of inTurns(numbers(4), { here: noting, canBeShared: () => true, help: () => [helper] })) {
    t.equal(task, 0)
    break
  }
  await new Promise(resolve => setImmediate(resolve))
  t.strictSame(done, [0])
})
