import type { OutgoingHttpHeaders } from 'node:http'
import type { RequestOptions } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'

/** What a request needs besides its address. */
export interface Identity extends RequestOptions {
  headers?: OutgoingHttpHeaders
}

/** TLS options, credentials and the proxy's agent for a request; asked anew for each, so that refreshed tokens count. */
export interface Credentials {
  identity(): Promise<Identity>
  /** Forgets the cached tokens behind it, because the server refused them; false when there are no others to be had. */
  refuse(identity: Identity): boolean
}

export function credentials(kubeConfig: KubeConfig): Credentials {
  const cluster = kubeConfig.getCurrentCluster()
  const user = kubeConfig.getCurrentUser()
  let current = kubeConfig
  let asked: Promise<Identity> | undefined
  const givenBy = new WeakMap<Identity, KubeConfig>()

  const ask = async (source: KubeConfig): Promise<Identity> => {
    const options: Identity = {}
    await source.applyToHTTPSOptions(options)
    givenBy.set(options, source)
    return options
  }
  return {
    identity() {
      // Calls at the same time share one look: else a credential plugin would start once for each of them.
      asked ??= ask(current).finally(() => (asked = undefined))
      return asked
    },
    refuse(identity) {
      if (cluster === null || user === null || !(user.exec || user.authProvider)) return false
      // Another call may have been refused before.
      if (givenBy.get(identity) !== current) return true
      current = new KubeConfig()
      current.loadFromClusterAndUser(cluster, user)
      asked = undefined
      return true
    },
  }
}
