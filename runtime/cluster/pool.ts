import http from 'node:http'
import https from 'node:https'
import type { Identity } from './credentials.ts'
import type { Access } from './kubeconfig.ts'
import { proxyEnv } from './proxy.ts'

/** Connections that are kept and used again. */
export interface Pool {
  agent(identity: Identity): http.Agent
  close(): void
}

export function connectionPool({ cluster, server }: Access, env: NodeJS.ProcessEnv): Pool {
  const options = { keepAlive: true, proxyEnv: proxyEnv(new URL(server), env) }
  const direct = server.startsWith('https:') ? new https.Agent(options) : new http.Agent(options)
  const proxies = new Set<http.Agent>()
  const isProxied = Boolean(cluster.proxyUrl)
  return {
    agent({ agent }) {
      // client-node's own agent keeps no connection and would go on with a client certificate that was replaced; only
      // for the kubeconfig's proxy-url it is needed.
      if (!isProxied || !(agent instanceof http.Agent)) return direct
      proxies.add(Object.assign(agent, { keepAlive: true }))
      return agent
    },
    close() {
      for (const agent of [direct, ...proxies]) agent.destroy()
    },
  }
}
