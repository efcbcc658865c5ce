import { join } from 'node:path'
import { nodeName, server } from './credentials.ts'
import type { Argv } from './command.ts'
import type { Cluster } from './paths.ts'
import { featureGates } from './settings.ts'

/** A server of the cluster, and whether those after it can start only when it is healthy. */
export type Component = Readonly<{ name: string; argv: Argv; probe: Argv; isAwaited?: boolean }>

/** kubectl as an HTTP client: it is there anyway. No server knows passwords, but without one kubectl asks for it. */
const probeFlags = [
  '--kubeconfig=/dev/null',
  '--username=anyone',
  '--password=any',
  '--insecure-skip-tls-verify',
  '--request-timeout=5s',
  'get',
]

/** The servers in the order in which they need each other. */
export function components(cluster: Cluster): Component[] {
  const file = (name: string) => join(cluster.data, name)
  const built = (name: string) => join(cluster.bin, name)
  const gates = Object.entries(featureGates(cluster)).map(([name, isOn]) => `--feature-gates=${name}=${isOn}`)
  const http = (address: string): Argv => [
    built('kubectl'),
    ...probeFlags,
    `--server=${new URL(address).origin}`,
    `--raw=${new URL(address).pathname}`,
  ]
  return [
    {
      name: 'etcd',
      argv: ['/usr/bin/etcd', '--data-dir=/var/lib/etcd', '--unsafe-no-fsync'],
      probe: http('http://127.0.0.1:2379/health'),
    },
    {
      name: 'containerd',
      argv: ['/usr/bin/containerd', `--config=${file('containerd.toml')}`],
      probe: ['ctr', '--connect-timeout=2s', 'version'],
      isAwaited: true,
    },
    {
      name: 'kube-apiserver',
      argv: [
        built('kube-apiserver'),
        '--etcd-servers=http://127.0.0.1:2379',
        '--advertise-address=172.31.255.1',
        '--service-cluster-ip-range=10.96.0.0/16',
        `--tls-cert-file=${file('server.crt')}`,
        `--tls-private-key-file=${file('server.key')}`,
        `--kubelet-client-certificate=${file('server.crt')}`,
        `--kubelet-client-key=${file('server.key')}`,
        '--kubelet-preferred-address-types=InternalIP',
        `--token-auth-file=${file('tokens.csv')}`,
        '--authorization-mode=Node,RBAC',
        '--enable-admission-plugins=NodeRestriction',
        '--allow-privileged',
        `--audit-policy-file=${file('audit-policy.json')}`,
        `--audit-log-path=${cluster.audit}`,
        '--service-account-issuer=https://kubernetes.default.svc',
        `--service-account-key-file=${file('server.crt')}`,
        `--service-account-signing-key-file=${file('server.key')}`,
        ...gates,
      ],
      probe: http(`${server}/readyz`),
      isAwaited: true,
    },
    {
      name: 'kube-controller-manager',
      argv: [
        built('kube-controller-manager'),
        `--kubeconfig=${file('controller-manager.kubeconfig')}`,
        `--root-ca-file=${file('server.crt')}`,
        `--service-account-private-key-file=${file('server.key')}`,
        '--use-service-account-credentials',
        '--flex-volume-plugin-dir=/var/lib/kubelet/volume-plugins',
        '--leader-elect=false',
        ...gates,
      ],
      probe: http('https://127.0.0.1:10257/healthz'),
    },
    {
      name: 'kube-scheduler',
      argv: [built('kube-scheduler'), `--kubeconfig=${file('scheduler.kubeconfig')}`, '--leader-elect=false', ...gates],
      probe: http('https://127.0.0.1:10259/healthz'),
    },
    {
      name: 'kubelet',
      argv: [
        built('kubelet'),
        `--config=${file('kubelet.json')}`,
        `--kubeconfig=${file('kubelet.kubeconfig')}`,
        `--hostname-override=${nodeName}`,
        '--node-ip=172.31.255.1',
      ],
      probe: http('http://127.0.0.1:10248/healthz'),
    },
    {
      name: 'kube-proxy',
      argv: [built('kube-proxy'), `--config=${file('proxy.json')}`],
      probe: http('http://127.0.0.1:10256/healthz'),
    },
  ]
}
