import { BlockList, isIP } from 'node:net'
import { ClusterError } from '../cluster.ts'
import { printable } from '../printable.ts'
import type { Access } from './kubeconfig.ts'

/** Through whom we talk to the server. */
export interface Proxy {
  readonly url: string
  /** As messages show it, without a password: `http://proxy.test:3128 (HTTPS_PROXY)`. */
  readonly name: string
  /** Whose agent talks to it: client-node's to a proxy-url, and to SOCKS, which Node's own does not know. */
  readonly agent: 'node' | 'client-node'
}

/** The proxy that kubectl would use: the kubeconfig's proxy-url, else that of the environment; throws ClusterError `config`. */
export function proxyOf({ cluster, server, source }: Access, env: NodeJS.ProcessEnv): Proxy | undefined {
  // client-go takes no proxy-url without a scheme.
  if (cluster.proxyUrl) return { ...checked(cluster.proxyUrl, 'proxy-url', ` of ${source}`), agent: 'client-node' }
  const found = environmentProxy(new URL(server), env)
  return found && checked(/^[a-z][a-z\d+.-]*:\/\//i.test(found.value) ? found.value : `http://${found.value}`, found.variable)
}

function checked(address: string, field: string, place = ''): Proxy {
  const url = URL.parse(address)
  if (!url?.host || !SCHEMES.has(url.protocol))
    throw new ClusterError(
      'config',
      `Cannot use ${field}${place}: got ${withoutLogin(address)}, expected an address with http://, https:// or socks5://`,
    )
  return {
    // Go leaves names to the proxy, for which client-node has a scheme of its own.
    url: url.href.replace(/^socks5:/, 'socks5h:'),
    name: `${url.protocol}//${printable(url.host)} (${field})`,
    agent: url.protocol.startsWith('socks') ? 'client-node' : 'node',
  }
}

const SCHEMES = new Set(['http:', 'https:', 'socks5:', 'socks5h:'])

function withoutLogin(address: string): string {
  return printable(address.replace(/^.*@/s, '…@'))
}

/**
 * The variable that counts for that server, as Go reads them (httpproxy, FromEnvironment), and so kubectl: never for this
 * machine itself, and NO_PROXY also by network and by parent domain. Empty is as good as absent.
 */
export function environmentProxy(server: URL, env: NodeJS.ProcessEnv): { readonly variable: string; readonly value: string } | undefined {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = server.port || (server.protocol === 'https:' ? '443' : '80')
  const exempt = (env['NO_PROXY'] || env['no_proxy'] || '').split(',').map(entry => entry.trim().toLowerCase())
  if (isLoopback(host) || exempt.some(entry => isExempt(entry, host, port))) return undefined
  const variables = server.protocol === 'https:' ? ['HTTPS_PROXY', 'https_proxy'] : ['HTTP_PROXY', 'http_proxy']
  return variables.flatMap(variable => (env[variable] ? [{ variable, value: env[variable] }] : []))[0]
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function isExempt(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (entry.includes('/')) return isInNetwork(host, entry)
  if (entry === '' || entry === host) return entry !== ''
  const [name = '', only = port] = isIP(entry) === 6 ? [entry] : entry.split(':')
  const parent = name.replace(/^\*?\./, '')
  return only === port && (name === host || host.endsWith(`.${parent}`))
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', bits = ''] = network.split('/')
  const family = isIP(address)
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false
  const networks = new BlockList()
  networks.addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6')
  return networks.check(host, family === 4 ? 'ipv4' : 'ipv6')
}
