import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Right, rights } from '../../../generator/reaper/rights.ts'
import { ask, type Connection } from '../harness/api.ts'
import { create } from '../harness/create.ts'
import type { Variant } from './row.ts'

/** What a sweep may do. The sets of ways are what the docs ask for, and no more; the others lack something. */
export type Rights = Variant | 'no pods/status' | 'no namespaces and nodes' | 'no events'

type Rule = Pick<Right, 'apiGroups' | 'resources' | 'verbs'>

const ALL = ['exec', 'http', 'signal', 'complete'] as const

/** The rules of each ClusterRole, as the rendered one has them; the README's are held against these. */
export const rules: Readonly<Record<Rights, readonly Rule[]>> = {
  complete: granted(['complete']),
  signal: granted(['signal']),
  exec: granted(['exec']),
  http: granted(['http']),
  all: granted(ALL),
  'no pods/status': granted(['signal'], 'pods/status'),
  'no namespaces and nodes': granted(['signal'], 'namespaces', 'nodes'),
  'no events': granted(['signal'], 'events'),
}

function granted(ways: readonly (typeof ALL)[number][], ...lacking: readonly string[]): readonly Rule[] {
  return rights({ mode: 'enforce', ways: [...ways] }, 'cluster')
    .filter(({ resources }) => !resources.some(resource => lacking.includes(resource)))
    .map(({ apiGroups, resources, verbs }) => ({ apiGroups, resources, verbs }))
}

/** ServiceAccounts that the sweeps run as, and a directory for their kubeconfigs; all of it goes when it is disposed of. */
export type Identities = AsyncDisposable &
  Readonly<{
    namespace: string
    /** For files of this run. */
    directory: string
    /** The token of somebody with those rights. */
    token(rights: Rights): string
    /** A kubeconfig of somebody with those rights. */
    kubeconfig(rights: Rights): string
  }>

export async function openIdentities({ api, kubeconfig }: Connection, run: string): Promise<Identities> {
  const namespace = `sidecar-reaper-suite-${run}`
  const directory = mkdtempSync(join(tmpdir(), 'sidecar-reaper-suite-'))
  await create(api, '', [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }])
  const created: string[] = [`/api/v1/namespaces/${namespace}`]
  const files = new Map<Rights, string>()
  const tokens = new Map<Rights, string>()
  for (const [index, rights] of (Object.keys(rules) as Rights[]).entries()) {
    const name = `sweeper-${index}`
    created.push(...(await create(api, namespace, account(name, namespace, rules[rights]))))
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
    const { status } = await ask<{ status: { token: string } }>(api, path, { method: 'POST', body: { spec: { expirationSeconds: 7200 } } })
    const file = join(directory, name)
    writeFileSync(file, kubeconfig(status.token), { mode: 0o600 })
    files.set(rights, file)
    tokens.set(rights, status.token)
  }
  return {
    namespace,
    directory,
    token: rights => tokens.get(rights) ?? '',
    kubeconfig: rights => files.get(rights) ?? '',
    async [Symbol.asyncDispose]() {
      for (const path of created) await api(path, { method: 'DELETE' })
      rmSync(directory, { recursive: true })
    },
  }
}

function account(name: string, namespace: string, rules: readonly Rule[]): object[] {
  const unique = `${namespace}-${name}`
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name } },
    { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: unique }, rules },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: unique },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: unique },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ]
}
