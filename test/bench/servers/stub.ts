/** A process that answers as an API server with so many pods would, made up page by page; for what a sweep costs its own process. */
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { kubeconfig } from '../../sandbox/kubeconfig.ts'
import { everyday } from '../pods/mix.ts'
import { listPage } from '../pods/page.ts'
import { ready } from './process.ts'

const count = Number(process.argv[2])
const namespace = 'bench'

const server = createServer((request, response) => {
  const body = answer(request)
  response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify(body ?? { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404, message: `${request.method} ${request.url}` }),
  )
})
server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo // listening on TCP
  ready(kubeconfig({ url: `http://127.0.0.1:${port}`, token: 'bench', namespace }))
})

function answer({ method, url = '/' }: IncomingMessage): object | undefined {
  const { pathname, searchParams: query } = new URL(url, 'http://stub')
  if (method !== 'GET') return undefined
  if (pathname === '/api/v1/nodes') return { kind: 'NodeList', apiVersion: 'v1', metadata: { resourceVersion: '1' }, items: [NODE] }
  if (pathname === `/api/v1/namespaces/${namespace}`)
    return { kind: 'Namespace', apiVersion: 'v1', metadata: { name: namespace, labels: {} } }
  if (pathname !== `/api/v1/namespaces/${namespace}/pods` || query.has('watch')) return undefined
  return listPage(Number(query.get('continue') ?? 0), { count, limit: Number(query.get('limit') ?? count), kind: everyday, namespace })
}

const NODE = { metadata: { name: 'worker-7' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } }
