import t from 'tap'
import { all, calm, clusterError, connected, json, refuse, type Answer } from './api.ts'

const names = (pages: readonly { pods: readonly { metadata?: { name?: string } }[] }[]) =>
  pages.map(page => page.pods.map(pod => pod.metadata?.name))

function listOf(pages: number): Answer {
  return ({ query }, response) => {
    const page = Number(query.get('continue') ?? 0)
    const metadata = { resourceVersion: '77', ...(page + 1 < pages ? { continue: String(page + 1) } : { continue: '' }) }
    json(response, { kind: 'PodList', metadata, items: [{ metadata: { name: `p${page}` } }] })
  }
}

t.test('podPages() follows the continue tokens and gives the resourceVersion of the list', async t => {
  const { cluster, received } = await connected(t, listOf(3))
  const pages = await all(cluster.podPages({ namespace: 'shop', labelSelector: 'a in (b, c)' }, calm))
  t.same(
    pages.map(({ resourceVersion, restart }) => ({ resourceVersion, restart })),
    Array(3).fill({ resourceVersion: '77', restart: false }),
  )
  t.same(names(pages), [['p0'], ['p1'], ['p2']])
  t.same(
    received.map(({ path }) => path),
    Array(3).fill('/api/v1/namespaces/shop/pods'),
  )
  t.same(
    received.map(({ query }) => [query.get('limit'), query.get('continue'), query.get('labelSelector')]),
    [
      ['500', null, 'a in (b, c)'],
      ['500', '1', 'a in (b, c)'],
      ['500', '2', 'a in (b, c)'],
    ],
  )
})

t.test('podPages() asks all namespaces without one, and takes items null for none', async t => {
  const { cluster, received } = await connected(t, (_, response) => json(response, { metadata: { resourceVersion: '1' }, items: null }))
  t.same(await all(cluster.podPages({}, calm)), [{ pods: [], resourceVersion: '1', restart: false }])
  t.equal(received[0]?.path, '/api/v1/pods')
})

t.test('podPages() fetches exactly one page ahead of its reader', async t => {
  const { cluster, received } = await connected(t, listOf(9))
  const pages = cluster.podPages({}, calm)
  await pages.next()
  while (received.length < 2) await new Promise(resolve => setImmediate(resolve))
  await cluster.pod({ namespace: 'a', name: 'b' }, calm)
  t.equal(received.filter(({ query }) => query.has('limit')).length, 2)
  await pages.return(undefined)
})

t.test('podPages() starts again after a 410 in mid-list and says so', async t => {
  let refused = false
  const { cluster } = await connected(t, (request, response) => {
    if (request.query.get('continue') !== '2' || refused) return listOf(3)(request, response)
    refused = true
    refuse(response, 410, 'The provided continue parameter is too old')
  })
  const pages = await all(cluster.podPages({}, calm))
  t.same(names(pages), [['p0'], ['p1'], ['p0'], ['p1'], ['p2']])
  t.same(
    pages.map(({ restart }) => restart),
    [false, false, true, false, false],
  )
})

t.test('podPages() gives up with gone when each restart ends in a 410', async t => {
  const { cluster, received } = await connected(t, (request, response) =>
    request.query.has('continue') ? refuse(response, 410, 'too old') : listOf(3)(request, response),
  )
  t.match(await clusterError(all(cluster.podPages({}, calm))), { code: 'gone' })
  t.equal(received.length, 8)
})

t.test('podPages() surfaces a forbidden second page only to who reads on', async t => {
  const { cluster } = await connected(t, (request, response) =>
    request.query.has('continue') ? refuse(response, 403, 'no') : listOf(3)(request, response),
  )
  const first = cluster.podPages({}, calm)
  t.match(await first.next(), { done: false })
  t.match(await first.return(undefined), { done: true })
  const second = cluster.podPages({}, calm)
  await second.next()
  t.match(await clusterError(second.next()), { code: 'forbidden' })
})

t.test('podPages() refuses an answer that is no list', async t => {
  const { cluster } = await connected(t, (_, response) => json(response, { hello: 'world' }))
  t.match(await clusterError(all(cluster.podPages({}, calm))), {
    code: 'server',
    message: /^Cannot list pods in all namespaces: http:.* answered with no list, check/,
  })
})

t.test('nodesReady() and namespaceLabels() read lists by name', async t => {
  const { cluster, received } = await connected(t, ({ path }, response) => {
    if (path === '/api/v1/nodes') {
      const node = (name: string, status: string) => ({
        metadata: { name },
        status: {
          conditions: [
            { type: 'DiskPressure', status: 'True' },
            { type: 'Ready', status },
          ],
        },
      })
      return json(response, { metadata: {}, items: [node('a', 'True'), node('b', 'Unknown'), { metadata: { name: 'c' } }] })
    }
    if (path === '/api/v1/namespaces/shop') return json(response, { metadata: { name: 'shop', labels: { team: 'x' } } })
    return json(response, { metadata: {}, items: [{ metadata: { name: 'shop', labels: { team: 'x' } } }, { metadata: { name: 'bare' } }] })
  })
  t.same(
    await cluster.nodesReady(calm),
    new Map([
      ['a', true],
      ['b', false],
      ['c', false],
    ]),
  )
  t.same(
    await cluster.namespaceLabels({}, calm),
    new Map<string, object>([
      ['shop', { team: 'x' }],
      ['bare', {}],
    ]),
  )
  t.same(await cluster.namespaceLabels({ namespace: 'shop' }, calm), new Map([['shop', { team: 'x' }]]))
  t.equal(received.length, 3)
})
