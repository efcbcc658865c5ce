import { readFileSync } from 'node:fs'
import { type OutgoingHttpHeaders, validateHeaderValue } from 'node:http'
import type { RequestOptions } from 'node:https'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { impersonationHeaders } from './impersonation.ts'
import type { Access } from './kubeconfig.ts'
import type { User } from './kubeconfig-file.ts'
import { LoginError } from './login-error.ts'
import type { Proxy } from './proxy.ts'
import { askPlugin, type PluginLogin, pluginName } from './plugin.ts'
import { shared } from './shared.ts'

/** What a request needs besides its address. */
export interface Identity extends RequestOptions {
  headers?: OutgoingHttpHeaders
}

/** TLS options, credentials and the proxy's agent for a request; asked anew for each, so that refreshed tokens count. */
export interface Credentials {
  /** Rejects with the signal's reason, a LoginError, or the system error of a file that cannot be read. */
  identity(signal: AbortSignal): Promise<Identity>
  /** Forgets the cached tokens behind it, because the server refused them; false when there are no others to be had. */
  refuse(identity: Identity): boolean
  /** Whom `identity` may wait for, as messages call it. */
  readonly issuer: string
}

export function credentials({ cluster, user }: Access, proxy: Proxy | undefined, env: NodeJS.ProcessEnv): Credentials {
  const login = loginOf(user, cluster, env)
  const proxied = proxy?.agent === 'client-node' ? { ...cluster, proxyUrl: proxy.url } : cluster
  const impersonation = impersonationHeaders(user.impersonation)
  let current: { readonly given: Given; readonly kubeConfig: KubeConfig } | undefined
  const givenBy = new WeakMap<Identity, Given>()

  const ask = async (signal: AbortSignal): Promise<Identity> => {
    const given = await login.ask(signal)
    // One for as long as nothing changes: it keeps the agent of a proxy, and with it the connections.
    if (current?.given !== given) current = { given, kubeConfig: kubeConfigOf(proxied, { ...user, ...given }) }
    const identity: Identity = {}
    await current.kubeConfig.applyToHTTPSOptions(identity)
    identity.headers = { ...identity.headers, ...impersonation }
    checkHeaders(identity.headers)
    givenBy.set(identity, given)
    return identity
  }
  return {
    // Calls at the same time share one look: else a credential plugin would start once for each of them.
    identity: shared(ask),
    refuse(identity) {
      if (!login.isRenewable) return false
      // Another call may have been refused before.
      if (givenBy.get(identity) === current?.given) login.forget()
      return true
    },
    issuer: login.issuer,
  }
}

/** What a login adds to the kubeconfig's user; the same object until something changes. */
type Given = Pick<User, 'token' | 'certData' | 'keyData'>

interface Login {
  readonly issuer: string
  readonly isRenewable: boolean
  ask(signal: AbortSignal): Promise<Given>
  forget(): void
}

// In the order of client-go: whatever gives an Authorization header comes before a plugin, the token of a file first.
function loginOf(user: User, cluster: Access['cluster'], env: NodeJS.ProcessEnv): Login {
  const { tokenFile, token, username, plugin } = user
  if (tokenFile) return fileLogin(tokenFile, token)
  if (plugin && !token && !username) {
    let login: PluginLogin | undefined
    return {
      issuer: pluginName(plugin),
      isRenewable: true,
      async ask(signal) {
        if (!login || (login.expiresAt && login.expiresAt.getTime() <= Date.now())) login = await askPlugin(plugin, cluster, env, signal)
        return login.user
      },
      forget: () => (login = undefined),
    }
  }
  let given: Given = {}
  // What client-node's own login has cached goes with the KubeConfig of what was given.
  return { issuer: 'the login', isRenewable: Boolean(user.authProvider), ask: async () => given, forget: () => (given = {}) }
}

/** A token that someone renews in its file; while that cannot be read, the kubeconfig's own token, as client-go does it. */
function fileLogin(path: string, otherwise: string | undefined): Login {
  let given: Given | undefined
  return {
    issuer: `token file ${path}`,
    isRenewable: true,
    async ask() {
      const token = fileToken(path, otherwise)
      if (given?.token !== token) given = { token }
      return given
    },
    forget: () => (given = undefined),
  }
}

function fileToken(path: string, otherwise: string | undefined): string {
  try {
    const token = readFileSync(path, 'utf8').trim()
    if (token !== '') return token
  } catch (error) {
    if (!otherwise) throw error
  }
  if (otherwise) return otherwise
  throw new LoginError('config', `token file ${path} is empty`)
}

function kubeConfigOf(cluster: Access['cluster'], user: User): KubeConfig {
  const kubeConfig = new KubeConfig()
  kubeConfig.loadFromClusterAndUser(cluster, user)
  return kubeConfig
}

function checkHeaders(headers: OutgoingHttpHeaders): void {
  for (const [name, values] of Object.entries(headers))
    for (const value of [values].flat()) {
      try {
        validateHeaderValue(name, String(value))
      } catch {
        throw new LoginError('config', `what goes into the header ${name} has a character that no header may have, such as a line break`)
      }
    }
}
