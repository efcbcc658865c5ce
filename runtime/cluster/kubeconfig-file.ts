import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { load } from 'js-yaml'
import { ClusterError } from '../cluster.ts'
import { printable } from '../printable.ts'
import { reason } from './error.ts'

/** One kubeconfig with all its paths absolute; throws ClusterError `config`. */
export function readKubeConfig(path: string): KubeConfig {
  const folder = dirname(resolve(path))
  const file = new KubeConfig()
  try {
    const text = readFileSync(path, 'utf8')
    const content = text.trim() === '' ? {} : load(text)
    if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new SyntaxError('it is no YAML mapping')
    file.loadFromString(JSON.stringify(content))
    file.makePathsAbsolute(folder)
    file.users = file.users.map(user => ({ ...user, ...login(user, tokenFiles(content).get(user.name), folder) }))
    return file
  } catch (error) {
    throw new ClusterError('config', `Cannot read kubeconfig ${path}: ${fileProblem(error)}`, { cause: error })
  }
}

// client-node knows the field only as token-file, kubectl only as tokenFile.
function tokenFiles(content: object): Map<unknown, string> {
  const users: unknown = 'users' in content ? content.users : []
  const files = new Map<unknown, string>()
  for (const { name, user } of Array.isArray(users) ? users : []) {
    if (typeof user?.tokenFile === 'string') files.set(name, user.tokenFile)
  }
  return files
}

export type User = KubeConfig['users'][number]

function login(user: User, tokenFile: string | undefined, folder: string): Partial<User> {
  if (tokenFile !== undefined) return { authProvider: { name: 'tokenFile', config: { tokenFile: resolve(folder, tokenFile) } } }
  if (typeof user.exec?.command !== 'string' || !/[/\\]/.test(user.exec.command)) return {}
  return { exec: { ...user.exec, command: resolve(folder, user.exec.command) } }
}

// js-yaml's message shows the lines around the mistake, and those may hold a token.
function fileProblem(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'there is no such file'
  if (!(error instanceof Error) || !('mark' in error) || !('reason' in error)) return reason(error)
  const mark = error.mark
  const line = typeof mark === 'object' && mark !== null && 'line' in mark ? Number(mark.line) + 1 : '?'
  return `${printable(String(error.reason))} (line ${line})`
}
