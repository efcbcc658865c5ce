import { once } from 'node:events'
import { createServer } from 'node:http'
import { request } from 'node:https'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { Stage } from './stage.ts'

/** A way to the API server on which no exec is ever answered. */
export type DeafProxy = Disposable &
  Readonly<{
    kubeconfig: string
    /** The path of each call that was answered in full so far. */
    answered: readonly string[]
  }>

/** Opens one for the rights of a row. */
export async function deafProxy({ connection, identities, rights, name }: Stage): Promise<DeafProxy> {
  const authorization = `Bearer ${identities.token(rights)}`
  const answered: string[] = []
  const server = createServer((call, answer) => {
    const { agent, ca } = connection.options
    const headers = { ...call.headers, authorization, host: connection.server.host }
    const onward = request(new URL(call.url ?? '/', connection.server), { agent, ca, method: call.method, headers }, theirs => {
      answer.writeHead(theirs.statusCode ?? 502, theirs.headers)
      theirs.pipe(answer)
      theirs.on('end', () => answered.push(call.url ?? '/'))
    })
    onward.on('error', () => answer.destroy())
    answer.on('close', () => onward.destroy())
    call.pipe(onward)
  })
  server.on('upgrade', () => {}) // and that is all that an exec hears
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo // of a server that listens on a port
  const kubeconfig = join(identities.directory, `${name}-${port}.kubeconfig`)
  writeFileSync(kubeconfig, JSON.stringify(configuration(`http://127.0.0.1:${port}`)))
  return {
    kubeconfig,
    answered,
    [Symbol.dispose]() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function configuration(server: string): object {
  const name = 'deaf'
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server } }],
    users: [{ name, user: {} }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  }
}
