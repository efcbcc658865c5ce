import http from 'node:http'
import https from 'node:https'
import type { Identity } from './credentials.ts'
import type { Proxy } from './proxy.ts'

/** Connections that are kept and used again. */
export interface Pool {
  agent(identity: Identity): http.Agent
  close(): void
}

/** For a server that speaks TLS or not, straight or through a proxy. */
export function connectionPool(isTls: boolean, proxy: Proxy | undefined): Pool {
  const proxyEnv = proxy?.agent === 'node' ? { [isTls ? 'HTTPS_PROXY' : 'HTTP_PROXY']: proxy.url } : {}
  const options = { keepAlive: true, proxyEnv }
  const direct = isTls ? new https.Agent(options) : new http.Agent(options)
  const proxies = new Set<http.Agent>()
  return {
    agent({ agent }) {
      // Otherwise not client-node's: it keeps no connection and would go on with a client certificate that was replaced.
      if (proxy?.agent !== 'client-node' || !(agent instanceof http.Agent)) return direct
      proxies.add(Object.assign(agent, { keepAlive: true }))
      return agent
    },
    close() {
      for (const agent of [direct, ...proxies]) agent.destroy()
    },
  }
}
