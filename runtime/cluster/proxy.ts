import { BlockList, isIP } from 'node:net'

/**
 * The proxy variables that count for that server, as Go reads them (httpproxy, FromEnvironment), and so kubectl: never
 * for this machine itself, and NO_PROXY also by network and by parent domain, which Node does not know.
 */
export function proxyEnv(server: URL, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  const port = server.port || (server.protocol === 'https:' ? '443' : '80')
  const exempt = (env['NO_PROXY'] ?? env['no_proxy'] ?? '').split(',').map(entry => entry.trim().toLowerCase())
  if (isLoopback(host) || exempt.some(entry => isExempt(entry, host, port))) return {}
  const proxied = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'].filter(name => env[name])
  return Object.fromEntries(proxied.map(name => [name, env[name]]))
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
