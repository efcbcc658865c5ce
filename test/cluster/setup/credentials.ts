import { randomUUID } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { output } from './command.ts'
import type { Cluster } from './paths.ts'

export const server = 'https://172.31.255.1:6443'
export const nodeName = 'node'

/** Who may talk to the API server: file of the kubeconfig, user, group. */
const users = [
  ['kubeconfig', 'admin', 'system:masters'],
  ['controller-manager.kubeconfig', 'system:kube-controller-manager', ''],
  ['scheduler.kubeconfig', 'system:kube-scheduler', ''],
  ['kubelet.kubeconfig', `system:node:${nodeName}`, 'system:nodes'],
  ['proxy.kubeconfig', 'system:kube-proxy', ''],
] as const

/**
 * Writes one certificate, a token per user and the kubeconfigs.
 * The certificate is its own authority and serves three times: as the API server's, as its pass to the kubelet
 * (system:masters), and, by its key, as the signer of ServiceAccount tokens.
 */
export async function writeCredentials(cluster: Cluster): Promise<void> {
  await output([
    'openssl',
    ...'req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj'.split(' '),
    `/O=system:masters/CN=${cluster.name}`,
    '-addext',
    'subjectAltName=IP:172.31.255.1,IP:10.96.0.1,IP:127.0.0.1,DNS:kubernetes.default.svc',
    '-addext',
    'extendedKeyUsage=serverAuth,clientAuth',
    '-keyout',
    join(cluster.data, 'server.key'),
    '-out',
    join(cluster.data, 'server.crt'),
  ])
  const authority = readFileSync(join(cluster.data, 'server.crt')).toString('base64')
  const withTokens = users.map(([file, user, group]) => ({ file, user, group, token: randomUUID() }))
  for (const { file, token } of withTokens) write(cluster, file, kubeconfig(cluster.name, authority, token))
  write(cluster, 'tokens.csv', withTokens.map(({ token, user, group }) => `${token},${user},${user},"${group}"`).join('\n'))
}

/** A kubeconfig in JSON, which is YAML. */
function kubeconfig(name: string, authority: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster: { server, 'certificate-authority-data': authority } }],
    users: [{ name, user: { token } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  })
}

function write(cluster: Cluster, file: string, content: string): void {
  writeFileSync(join(cluster.data, file), content, { mode: 0o600 })
}
