import type { ServerResponse } from 'node:http'
import t from 'tap'
import { all, calm, clusterError, connected, refuse } from './api.ts'

const pod = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion } })
const event = (type: string, object: object) => `${JSON.stringify({ type, object })}\n`
const bookmark = (resourceVersion: string) => event('BOOKMARK', { kind: 'Pod', metadata: { resourceVersion } })
const expired = event('ERROR', { kind: 'Status', status: 'Failure', code: 410, reason: 'Expired', message: 'too old resource version' })

/** The changes until there are so many. */
async function first<T>(count: number, changes: AsyncIterable<T>): Promise<T[]> {
  const seen: T[] = []
  for await (const change of changes) if (seen.push(change) === count) break
  return seen
}

t.test('podChanges() gives changed and deleted pods, cut anywhere between the bytes', async t => {
  const stream = Buffer.from(
    event('ADDED', pod('ä', '2')) + bookmark('3') + event('MODIFIED', pod('b', '4')) + event('DELETED', pod('b', '5')),
  )
  const trickle = async (response: ServerResponse): Promise<void> => {
    for (const byte of stream) {
      response.write(Buffer.of(byte))
      if (byte > 127 || byte === 10) await new Promise(resolve => setTimeout(resolve, 2))
    }
  }
  const { cluster, received } = await connected(t, (_, response) => void trickle(response))
  t.same(await first(3, cluster.podChanges({ namespace: 'shop', labelSelector: 'x' }, '1', calm)), [
    { kind: 'changed', pod: pod('ä', '2') },
    { kind: 'changed', pod: pod('b', '4') },
    { kind: 'deleted', pod: pod('b', '5') },
  ])
  t.equal(received[0]?.path, '/api/v1/namespaces/shop/pods')
  t.same(Object.fromEntries(received[0]?.query ?? []), {
    watch: '1',
    allowWatchBookmarks: 'true',
    labelSelector: 'x',
    resourceVersion: '1',
    timeoutSeconds: '30',
  })
})

t.test('podChanges() connects again from the last bookmark or event when the server closes', async t => {
  const answers = [
    bookmark('7'),
    event('ADDED', pod('a', '8')),
    event('ADDED', pod('b', '9')) + '{"type": "MODIF',
    '',
    event('ADDED', pod('c', '10')),
  ]
  const { cluster, received } = await connected(t, ({ index }, response) => {
    response.writeHead(200)
    if (index === 2) response.write(answers[index] ?? '', () => response.destroy())
    else response.end(answers[index])
  })
  t.same(
    (await first(3, cluster.podChanges({}, '1', calm))).map(({ pod }) => pod.metadata?.name),
    ['a', 'b', 'c'],
  )
  t.same(
    received.map(({ query }) => query.get('resourceVersion')),
    ['1', '7', '8', '9', '9'],
  )
})

t.test('podChanges() notices a connection that died without a word', async t => {
  const { cluster, received } = await connected(
    t,
    ({ index }, response) => void response.write(index === 0 ? event('ADDED', pod('a', '2')) : event('ADDED', pod('b', '3'))),
    { watchSeconds: 0.05 },
  )
  t.equal((await first(2, cluster.podChanges({}, '1', calm))).length, 2)
  t.same(
    received.map(({ query }) => query.get('resourceVersion')),
    ['1', '2'],
  )
})

t.test('podChanges() does not wait for ever for the head of an answer', async t => {
  const { cluster, received } = await connected(t, () => {}, { callTimeoutMs: 30 })
  t.match(await clusterError(all(cluster.podChanges({}, '1', calm))), {
    code: 'unreachable',
    message: /^Cannot watch pods in all namespaces: no complete answer from .* within 0.03 s/,
  })
  t.equal(received.length, 5)
})

t.test('podChanges() throws gone when the resourceVersion is forgotten, as an event or as a status', async t => {
  const { cluster } = await connected(t, ({ index }, response) =>
    index === 0 ? void response.end(expired) : refuse(response, 410, 'too old'),
  )
  t.match(await clusterError(all(cluster.podChanges({}, '1', calm))), { code: 'gone' })
  t.match(await clusterError(all(cluster.podChanges({}, '1', calm))), { code: 'gone' })
})

t.test('podChanges() tries again after 500 and gives up after five failures in a row', async t => {
  const { cluster, received } = await connected(t, ({ index }, response) => {
    if (index === 2) response.end(event('ADDED', pod('a', '2')))
    else refuse(response, 500, 'etcd leader changed')
  })
  const changes = cluster.podChanges({}, '1', calm)
  t.match(await changes.next(), { value: { kind: 'changed' } })
  t.match(await clusterError(changes.next()), { code: 'server', message: /etcd leader changed/ })
  t.equal(received.length, 8)
})

t.test('podChanges() names the right that is missing', async t => {
  const { cluster } = await connected(t, (_, response) => refuse(response, 403, 'no'))
  t.match(await clusterError(all(cluster.podChanges({ namespace: 'shop' }, '1', calm))), {
    code: 'forbidden',
    message: /^Cannot watch pods in namespace shop: needs verb watch on resource pods/,
  })
})

t.test('podChanges() ends quietly with its signal and lets go of the connection', async t => {
  let open: ServerResponse | undefined
  const { cluster } = await connected(t, (_, response) => {
    open = response
    response.write(bookmark('2'))
  })
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 30)
  t.same(await all(cluster.podChanges({}, '1', controller.signal)), [])
  while (!open?.closed) await new Promise(resolve => setImmediate(resolve))
})
