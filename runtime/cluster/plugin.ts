import { execFile, type ExecFileException } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import * as z from 'zod/mini'
import { printable } from '../printable.ts'
import type { Cluster, User } from './kubeconfig-file.ts'
import type { ExecPlugin } from './kubeconfig-schema.ts'
import { LoginError } from './login-error.ts'

/** What a credential plugin logs in with. */
export interface PluginLogin {
  readonly user: Pick<User, 'token' | 'certData' | 'keyData'>
  /** Undefined: as long as the server accepts it. */
  readonly expiresAt: Date | undefined
}

/** How messages call a plugin. */
export function pluginName({ command }: ExecPlugin): string {
  return `credential plugin ${printable(command ?? '', 100) || '""'}`
}

// As much as a token and a certificate with its key never need.
const MAX_OUTPUT_BYTES = 1024 * 1024

const text = z.nullish(z.string())
const credential = z.object({
  status: z.object({ token: text, clientCertificateData: text, clientKeyData: text, expirationTimestamp: text }),
})

/**
 * Runs a credential plugin as kubectl does (client-go, plugin/pkg/client/auth/exec; KEP-541), without a terminal. The
 * signal kills it. Throws LoginError, in whose message nothing of its standard output is.
 */
export async function askPlugin(plugin: ExecPlugin, cluster: Cluster, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<PluginLogin> {
  const name = pluginName(plugin)
  const said = json(await output(plugin, { ...env, KUBERNETES_EXEC_INFO: execInfo(plugin, cluster) }, signal))
  if (said === undefined) throw new LoginError('config', `${name} answered with something else than JSON`)
  const answer = credential.safeParse(said)
  if (!answer.success) throw new LoginError('config', `${name} answered with no ExecCredential that has a status`)
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = answer.data.status
  if (Boolean(cert) !== Boolean(key)) throw new LoginError('config', `${name} answered with only one of certificate and key`)
  if (!token && !cert) throw new LoginError('config', `${name} answered with neither a token nor a client certificate`)
  const expiresAt = new Date(expirationTimestamp ?? '')
  return {
    user: { ...(token ? { token } : {}), ...(cert && key ? { certData: base64(cert), keyData: base64(key) } : {}) },
    expiresAt: Number.isNaN(expiresAt.getTime()) ? undefined : expiresAt,
  }
}

async function output(plugin: ExecPlugin, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<string> {
  const { command, args, env: own, installHint } = plugin
  signal.throwIfAborted()
  try {
    const running = promisify(execFile)(command ?? '', args ?? [], {
      env: { ...env, ...Object.fromEntries(own?.map(({ name, value }) => [name, value]) ?? []) },
      maxBuffer: MAX_OUTPUT_BYTES,
    })
    const { child } = running
    const kill = (): void => {
      // Whoever hangs may be deaf to SIGTERM, which execFile's own signal option would send, and its children may keep the pipes.
      child.kill('SIGKILL')
      child.stdout?.destroy()
      child.stderr?.destroy()
    }
    signal.addEventListener('abort', kill)
    child.stdin?.end()
    return (await running.finally(() => signal.removeEventListener('abort', kill))).stdout
  } catch (error) {
    signal.throwIfAborted()
    throw failure(pluginName(plugin), error, installHint ?? '')
  }
}

// The message of the error holds the arguments, and those may hold a secret.
function failure(name: string, error: unknown, hint: string): LoginError {
  const { code, signal, stderr = '' } = error as ExecFileException // what is thrown by execFile; any of these may be absent
  const complaint = after(stderr)
  if (typeof code === 'number') return new LoginError('unauthorized', `${name} exited with ${code}${complaint}`)
  if (signal) return new LoginError('unauthorized', `${name} was ended by ${signal}${complaint}`)
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return new LoginError('config', `${name} does not stop to print`)
  return new LoginError('config', `${name} cannot be started (${code ?? 'unknown'})${after(hint)}`)
}

function after(words: string): string {
  return words.trim() === '' ? '' : `: ${printable(words.trim(), 120)}`
}

/** KUBERNETES_EXEC_INFO, by which a plugin learns the version that it should answer in. */
function execInfo({ apiVersion, provideClusterInfo }: ExecPlugin, cluster: Cluster): string {
  const spec = { interactive: false, ...(provideClusterInfo ? { cluster: clusterInfo(cluster) } : {}) }
  return JSON.stringify({ kind: 'ExecCredential', apiVersion, spec })
}

function clusterInfo({ server, tlsServerName, skipTLSVerify, caFile, caData, proxyUrl }: Cluster): object {
  return {
    server,
    'tls-server-name': tlsServerName,
    'insecure-skip-tls-verify': skipTLSVerify,
    'certificate-authority-data': caFile ? readFileSync(caFile, 'base64') : caData,
    'proxy-url': proxyUrl,
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // V8's message quotes the text, which may be a token
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
