import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { KubeConfig } from '@kubernetes/client-node/dist/config.js'
import { load } from 'js-yaml'
import { ClusterError } from '../cluster.ts'
import { printable } from '../printable.ts'
import { reason } from './error.ts'
import { type ExecPlugin, type KubeConfigContent, kubeConfigProblems, kubeConfigSchema } from './kubeconfig-schema.ts'

export type Cluster = KubeConfig['clusters'][number]
export type Context = KubeConfig['contexts'][number]

/** A user as client-node knows it, and what we do ourselves. */
export type User = Omit<KubeConfig['users'][number], 'exec' | 'impersonateUser'> & {
  readonly plugin?: ExecPlugin | undefined
  /** Absolute; what it holds comes before `token`. */
  readonly tokenFile?: string | undefined
  readonly impersonation?: Impersonation
}

/** Whom to act as. */
export interface Impersonation {
  readonly user: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** What one or several kubeconfigs hold. */
export interface KubeConfigFile {
  readonly currentContext: string
  readonly contexts: readonly Context[]
  readonly clusters: readonly Cluster[]
  readonly users: readonly User[]
}

/** One kubeconfig with all its paths absolute; throws ClusterError `config`. */
export function readKubeConfig(path: string): KubeConfigFile {
  const folder = dirname(resolve(path))
  const file = new KubeConfig()
  try {
    const content = parsed(readFileSync(path, 'utf8'))
    file.loadFromString(JSON.stringify(content))
    file.makePathsAbsolute(folder)
    const { currentContext, contexts, clusters } = file
    // client-node's users are those of the file, in its order.
    const users = file.users.map((user, index) => ({
      ...user,
      exec: undefined,
      impersonateUser: undefined,
      ...ours(content.users?.[index]?.user ?? {}, folder),
    }))
    return { currentContext, contexts, clusters, users }
  } catch (error) {
    throw new ClusterError('config', `Cannot read kubeconfig ${path}: ${fileProblem(error)}`, { cause: error })
  }
}

function parsed(text: string): KubeConfigContent {
  const content = text.trim() === '' ? {} : load(text)
  if (typeof content !== 'object' || content === null || Array.isArray(content)) throw new SyntaxError('it is no YAML mapping')
  const { data, error } = kubeConfigSchema.safeParse(content)
  if (error) throw new TypeError(kubeConfigProblems(content, error.issues))
  return data
}

type UserContent = NonNullable<NonNullable<KubeConfigContent['users']>[number]['user']>

function ours(user: UserContent, folder: string): Pick<User, 'plugin' | 'tokenFile' | 'impersonation'> {
  const { exec, tokenFile } = user
  // As the shell does: a name without a slash is looked for in PATH.
  const command = exec?.command && /[/\\]/.test(exec.command) ? resolve(folder, exec.command) : exec?.command
  return {
    plugin: exec ? { ...exec, command } : undefined,
    tokenFile: tokenFile ? resolve(folder, tokenFile) : undefined,
    impersonation: {
      user: user.as ?? '',
      uid: user['as-uid'] ?? '',
      groups: user['as-groups'] ?? [],
      extra: user['as-user-extra'] ?? {},
    },
  }
}

// js-yaml's message shows the lines around the mistake, and those may hold a token.
function fileProblem(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return 'there is no such file'
  if (!(error instanceof Error) || !('mark' in error) || !('reason' in error)) return reason(error, 400)
  const mark = error.mark
  const line = typeof mark === 'object' && mark !== null && 'line' in mark ? Number(mark.line) + 1 : '?'
  return `${printable(String(error.reason))} (line ${line})`
}
