import { toDotPath } from 'zod/v4/core'
import * as z from 'zod/mini'
import { printable } from '../printable.ts'

const text = z.nullish(z.string())
const flag = z.nullish(z.boolean())

// Types as strict as kubectl's (client-go, tools/clientcmd/api/v1/types.go): there a number is no text either.

const cluster = z.object({
  server: text,
  'certificate-authority': text,
  'certificate-authority-data': text,
  'insecure-skip-tls-verify': flag,
  'tls-server-name': text,
  'proxy-url': text,
})

const exec = z.object({
  apiVersion: text,
  command: text,
  args: z.nullish(z.array(z.string())),
  env: z.nullish(z.array(z.object({ name: z.string(), value: z.string() }))),
  installHint: text,
  provideClusterInfo: flag,
})

const user = z.object({
  'client-certificate': text,
  'client-certificate-data': text,
  'client-key': text,
  'client-key-data': text,
  token: text,
  tokenFile: text,
  username: text,
  password: text,
  as: text,
  'as-uid': text,
  'as-groups': z.nullish(z.array(z.string())),
  'as-user-extra': z.nullish(z.record(z.string(), z.array(z.string()))),
  exec: z.nullish(exec),
  'auth-provider': z.nullish(z.object({ name: text, config: z.nullish(z.record(z.string(), z.string())) })),
})

/** What we read of a kubeconfig; what else it holds is left out. */
export const kubeConfigSchema = z.object({
  'current-context': text,
  contexts: z.nullish(z.array(z.object({ name: text, context: z.nullish(z.object({ cluster: text, user: text, namespace: text })) }))),
  clusters: z.nullish(z.array(z.object({ name: text, cluster: z.nullish(cluster) }))),
  users: z.nullish(z.array(z.object({ name: text, user: z.nullish(user) }))),
})

export type KubeConfigContent = z.infer<typeof kubeConfigSchema>
export type ExecPlugin = z.infer<typeof exec>

/** What is wrong with a kubeconfig: `users[0].user.token: got a number, expected text`. Values are not shown, since one may be a secret. */
export function kubeConfigProblems(content: unknown, issues: readonly z.core.$ZodIssue[]): string {
  return issues
    .map(issue => `${printable(toDotPath(issue.path))}: got ${found(content, issue.path)}, expected ${expected(issue)}`)
    .join('; ')
}

function found(content: unknown, path: readonly PropertyKey[]): string {
  const value = path.reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), content)
  if (value === undefined || value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  return TYPE_NAMES[typeof value] ?? typeof value
}

function expected(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_type' ? (TYPE_NAMES[issue.expected] ?? issue.expected) : 'another shape'
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  number: 'a number',
  object: 'a mapping',
  record: 'a mapping',
  string: 'text',
}
