import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { Calls } from '../../../runtime/ending/calls.ts'

/** Calls that go on until they are let go; `running` names those under way. */
function held() {
  const running: string[] = []
  const ends: (() => void)[] = []
  const call = (name: string) => () => {
    running.push(name)
    const { promise, resolve } = Promise.withResolvers<void>()
    ends.push(resolve)
    return promise
  }
  return { running, call, letGo: () => ends.splice(0).forEach(end => end()) }
}

const many = (count: number) => Array.from({ length: count }, (_, index) => index)

t.test('Calls: at most 8 in all, and 4 that no ending waits for', async t => {
  const calls = new Calls(4)
  const { running, call, letGo } = held()
  for (const _ of many(20)) void calls.runAside(call('aside'))
  await setImmediate()
  t.strictSame(running, many(4).map(() => 'aside')) // prettier-ignore
  for (const _ of many(20)) void calls.run(call('ending'))
  await setImmediate()
  t.equal(running.length, 8)
  t.equal(running.filter(name => name === 'ending').length, 4)
  letGo()
  await setImmediate()
  t.ok(running.length <= 16)
})

t.test('Calls: what has begun has its turn before all that is still to begin', async t => {
  const calls = new Calls(4)
  const { running, call, letGo } = held()
  for (const index of many(100)) void calls.runFirst(call(`begin ${index}`))
  await setImmediate()
  void calls.run(call('go on'))
  letGo()
  await setImmediate()
  t.equal(running.indexOf('go on'), 8)
})

t.test('Calls: so many per node, and the rest of the room for others', async t => {
  const calls = new Calls(2)
  const { running, call } = held()
  for (const _ of many(5)) void calls.runOnNode('a', call('a'))
  for (const _ of many(5)) void calls.runOnNode('b', call('b'))
  await setImmediate()
  for (const _ of many(9)) void calls.run(call('api'))
  await setImmediate()
  t.strictSame(running.toSorted(), ['a', 'a', 'api', 'api', 'api', 'api', 'b', 'b'])
})

t.test('Calls: a node is unreachable after two failures in a row', async t => {
  const calls = new Calls(4)
  const after = (...reached: boolean[]) => {
    for (const isReached of reached) calls.noteNode('a', isReached)
    return calls.isUnreachable('a')
  }
  t.strictSame([after(), after(false), after(true, false), after(false), calls.isUnreachable('b')], [false, false, false, true, false])
})

t.test('Calls: one that fails makes room for the next', async t => {
  const calls = new Calls(1)
  const broken = many(20).map(() => calls.runOnNode('a', async () => Promise.reject(new Error('no'))))
  t.ok((await Promise.allSettled(broken)).every(({ status }) => status === 'rejected'))
  t.equal(await calls.runOnNode('a', async () => 'yes'), 'yes')
})
