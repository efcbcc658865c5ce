import { byComplete, byCompleteWithoutKill, byHttp, bySignal, noWay, withoutKill, type Sidecar } from '../sidecar.ts'

const vault: Sidecar = {
  row: 'vault-agent',
  title: 'with its quit endpoint',
  proof: 'protocol',
  ports: [8200],
  container: {
    name: 'vault-agent',
    image: 'docker.io/hashicorp/vault:1.21.4',
    // As its injector starts it: the shell hands its process over to the last command.
    command: ['/bin/sh', '-ec'],
    args: ['echo ${VAULT_CONFIG} | base64 -d > /tmp/config.json && exec stand-in agent -config=/tmp/config.json'],
    env: [
      { name: 'VAULT_CONFIG', value: 'e30=' },
      { name: 'STAND_IN_LISTEN', value: '127.0.0.1:8200' },
      { name: 'STAND_IN_QUIT', value: 'POST /agent/v1/quit' },
    ],
    securityContext: { runAsUser: 100, runAsGroup: 1000, runAsNonRoot: true },
  },
  annotations: {
    'vault.hashicorp.com/agent-inject-status': 'injected',
    'vault.hashicorp.com/agent-enable-quit': 'true',
    'sidecar-reaper/sidecars': 'vault-agent', // where a quit is to be had, its row leaves the exit code of a signal open
  },
  ends: { all: byHttp, exec: noWay, http: byHttp, signal: bySignal, complete: byComplete },
}

const oauth2Proxy = {
  row: 'oauth2-proxy',
  proof: 'program',
  ports: [4180],
} as const

const oauth2ProxyContainer = {
  name: 'oauth2-proxy',
  args: [
    '--provider=github',
    '--client-id=id',
    '--client-secret=secret',
    '--cookie-secret=0123456789abcdef',
    '--email-domain=*',
    '--upstream=http://127.0.0.1:8080',
    '--http-address=127.0.0.1:4180',
  ],
  securityContext: { runAsNonRoot: true, runAsUser: 65532 },
}

/** Secrets, identities and who may log in. */
export const identities: readonly Sidecar[] = [
  vault,
  {
    ...vault,
    title: 'without its quit endpoint',
    annotations: { 'vault.hashicorp.com/agent-inject-status': 'injected' },
    ends: { all: bySignal, http: noWay },
  },
  {
    ...oauth2Proxy,
    title: 'without a shell',
    container: { ...oauth2ProxyContainer, image: 'quay.io/oauth2-proxy/oauth2-proxy:v7.15.4' },
    ends: { all: byCompleteWithoutKill, exec: noWay, http: noWay, signal: withoutKill, complete: byComplete },
  },
  {
    ...oauth2Proxy,
    title: 'with a shell',
    container: { ...oauth2ProxyContainer, image: 'quay.io/oauth2-proxy/oauth2-proxy:v7.15.4-alpine' },
    ends: { all: bySignal, signal: bySignal },
  },
]
