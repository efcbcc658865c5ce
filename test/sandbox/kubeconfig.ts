export type KubeconfigOptions = { readonly url: string; readonly token: string; readonly namespace: string }

/** A kubeconfig, as YAML, for a sandbox. */
export function kubeconfig({ url, token, namespace }: KubeconfigOptions): string {
  return `apiVersion: v1
kind: Config
current-context: sandbox
clusters:
- name: sandbox
  cluster:
    server: ${url}
    insecure-skip-tls-verify: true # or client-node refuses plain http
users:
- name: sandbox
  user:
    token: ${JSON.stringify(token)}
contexts:
- name: sandbox
  context:
    cluster: sandbox
    user: sandbox
    namespace: ${namespace}
`
}
