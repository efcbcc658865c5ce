import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, type Connection } from '../harness/api.ts'
import { create } from '../harness/create.ts'
import type { Variant } from './row.ts'

/** What a sweep may do. The sets of ways are what the docs ask for, and no more; the others lack something. */
export type Rights = Variant | 'no pods/status' | 'no namespaces and nodes' | 'no events'

type Rule = Readonly<{ apiGroups: string[]; resources: string[]; verbs: string[] }>

const pods: Rule = { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] }
const status: Rule = { apiGroups: [''], resources: ['pods/status'], verbs: ['patch'] }
const surroundings: Rule = { apiGroups: [''], resources: ['namespaces', 'nodes'], verbs: ['get', 'list'] }
const events: Rule = { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] }
// A WebSocket is a GET, and until Kubernetes 1.34 that verb was asked for; from 1.35 on it is create (kubernetes#134577).
const exec: Rule = { apiGroups: [''], resources: ['pods/exec'], verbs: ['create', 'get'] }

const forward: Rule = { ...exec, resources: ['pods/portforward'] }

/** The rules of each ClusterRole; the README's are held against these. */
export const rules: Readonly<Record<Rights, readonly Rule[]>> = {
  complete: [pods, status, surroundings, events],
  signal: [pods, status, surroundings, events, exec],
  exec: [pods, status, surroundings, events, exec],
  http: [pods, status, surroundings, events, forward],
  all: [pods, status, surroundings, events, exec, forward],
  'no pods/status': [pods, surroundings, events, exec],
  'no namespaces and nodes': [pods, status, events, exec],
  'no events': [pods, status, surroundings, exec],
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
