import { on, EventEmitter } from 'node:events'
import t from 'tap'
import { type Cluster, ClusterError, type PodChange } from '../../../runtime/cluster.ts'
import { Calls } from '../../../runtime/ending/calls.ts'
import type { Pod } from '../../../runtime/pod.ts'
import { PodWatch } from '../../../runtime/sweep/watch.ts'

const target = { uid: 'u1', ref: { namespace: 'shop', name: 'p' } }
const calm = new AbortController().signal
const isDone = (pod: Pod): boolean => pod.status?.phase === 'Succeeded'
const pod = (resourceVersion: string, phase: string, uid = 'u1'): Pod => ({ metadata: { uid, resourceVersion }, status: { phase } })

/** A watch whose changes the test sends, over a cluster that answers each GET with the next of these pods. */
function watching(t: { teardown(end: () => void): void }, gets: readonly (Pod | undefined | Error)[] = []) {
  const stop = new AbortController()
  t.teardown(() => stop.abort())
  const changes = new EventEmitter()
  const lost: string[] = []
  let asked = 0
  const cluster = {
    async *podChanges(_scope, _version, signal) {
      for await (const [change] of on(changes, 'change', { signal })) {
        if (change instanceof Error) throw change
        yield change as PodChange // only those are emitted
      }
    },
    async pod() {
      const answer = gets[asked++]
      if (answer instanceof Error) throw answer
      return answer
    },
  } satisfies Partial<Cluster>
  const watch = new PodWatch({
    cluster: cluster as unknown as Cluster,
    calls: new Calls(4),
    scope: {},
    resourceVersion: '1',
    signal: stop.signal,
    onLost: why => lost.push(why.message),
  })
  watch.follow('u1')
  const send = (change: PodChange | Error) => changes.emit('change', change)
  return {
    watch,
    lost,
    asked: () => asked,
    changed: (now: Pod) => send({ kind: 'changed', pod: now }),
    deleted: (last: Pod) => send({ kind: 'deleted', pod: last }),
    fail: send,
  }
}

t.test('until() resolves with the first sight that is as asked', async t => {
  const { watch, changed } = watching(t)
  const seen = watch.until(target, isDone, 5, calm)
  changed(pod('2', 'Running'))
  changed(pod('9', 'Succeeded', 'other'))
  changed(pod('3', 'Succeeded'))
  t.strictSame(await seen, { pod: pod('3', 'Succeeded'), isGone: false })
  t.strictSame(
    await watch.until(target, isDone, 5, calm),
    { pod: pod('3', 'Succeeded'), isGone: false },
    'at once when it is there already',
  )
  t.equal(watch.sight('other'), undefined, 'only pods that are followed are kept')
})

t.test('an event that is older than what is known never counts, whatever its length', async t => {
  for (const [known, older] of [
    ['100', '99'],
    ['9007199254740993', '9007199254740992'],
    ['20', '3'],
  ] as const) {
    // prettier-ignore
    const { watch, changed } = watching(t)
    watch.note(pod(known, 'Succeeded'))
    changed(pod(older, 'Running'))
    const sight = await watch.until(target, isDone, 5, calm)
    t.equal(sight?.pod.metadata?.resourceVersion, known)
    changed(pod(`${known}0`, 'Running'))
    t.equal((await watch.until(target, one => !isDone(one), 5, calm))?.pod.metadata?.resourceVersion, `${known}0`)
  }
})

t.test('a pod that left the selection is asked for: only the API says that it is gone', async t => {
  const { watch, deleted, asked } = watching(t, [pod('4', 'Running'), pod('5', 'Succeeded')])
  deleted(pod('3', 'Running'))
  t.match(await watch.until(target, isDone, 5, calm), { pod: pod('5', 'Succeeded'), isGone: false })
  t.equal(asked(), 2)
  for (const answer of [undefined, pod('9', 'Succeeded', 'another of that name')]) {
    const other = watching(t, [answer])
    other.deleted(pod('3', 'Running'))
    t.strictSame(await other.watch.until(target, isDone, 5, calm), { pod: pod('3', 'Running'), isGone: true })
  }
})

t.test('after the last event of a pod that is as asked nobody needs to ask', async t => {
  const { watch, deleted, asked } = watching(t)
  deleted(pod('3', 'Succeeded'))
  t.match(await watch.until(target, isDone, 5, calm), { isGone: false })
  t.equal(asked(), 0)
})

t.test('a lost watch is told once, and the pod is asked for until an answer comes', async t => {
  const { watch, fail, lost, asked } = watching(t, [new ClusterError('server', 'busy'), pod('4', 'Running'), pod('5', 'Succeeded')])
  const seen = watch.until(target, isDone, 5, calm)
  fail(new ClusterError('gone', 'too old'))
  t.match(await seen, { pod: pod('5', 'Succeeded') })
  t.strictSame([lost, asked()], [['too old'], 3])
})

t.test('when the time is over a last look decides; one that fails leaves what is known', async t => {
  const silent = watching(t, [pod('5', 'Succeeded')])
  t.match(await silent.watch.until(target, isDone, 0.05, calm), { pod: pod('5', 'Succeeded') })
  const failing = watching(t, [new ClusterError('server', 'busy')])
  failing.watch.note(pod('2', 'Running'))
  t.match(await failing.watch.until(target, isDone, 0.05, calm), { pod: pod('2', 'Running') })
  const unseen = watching(t, [new ClusterError('forbidden', 'no')])
  t.equal(await unseen.watch.until(target, isDone, 0.05, calm), undefined)
})

t.test('until() rejects with the reason of its signal', async t => {
  const { watch } = watching(t)
  const stop = new AbortController()
  const seen = watch.until(target, isDone, 5, stop.signal)
  stop.abort(new Error('enough'))
  await t.rejects(seen, { message: 'enough' })
  await t.rejects(watch.until(target, isDone, 5, stop.signal), { message: 'enough' })
})
