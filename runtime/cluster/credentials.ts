import type { RequestOptions } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'

/** TLS options, credentials and the proxy's agent for a request; asked anew for each, so that refreshed tokens count. */
export interface Credentials {
  options(): Promise<RequestOptions>
  /** Forgets the cached tokens that gave those options, because the server refused them; false when there are no others to be had. */
  refuse(options: RequestOptions): boolean
}

export function credentials(kubeConfig: KubeConfig): Credentials {
  const cluster = kubeConfig.getCurrentCluster()
  const user = kubeConfig.getCurrentUser()
  let current = kubeConfig
  let asked: Promise<RequestOptions> | undefined
  const givenBy = new WeakMap<RequestOptions, KubeConfig>()

  const ask = async (source: KubeConfig): Promise<RequestOptions> => {
    const options: RequestOptions = {}
    await source.applyToHTTPSOptions(options)
    givenBy.set(options, source)
    return options
  }
  return {
    options() {
      // Calls at the same time share one look: else a credential plugin would start once for each of them.
      asked ??= ask(current).finally(() => (asked = undefined))
      return asked
    },
    refuse(options) {
      if (cluster === null || user === null || !(user.exec || user.authProvider)) return false
      // Another call may have been refused before.
      if (givenBy.get(options) !== current) return true
      current = new KubeConfig()
      current.loadFromClusterAndUser(cluster, user)
      asked = undefined
      return true
    },
  }
}
