import type { PodOptions } from './pod-options.ts'

/** The spec of a bench's pod as the API server fills it in. */
export function podSpec({ index, node }: Pick<PodOptions, 'index' | 'node'>, main: string, sidecar: string) {
  return {
    containers: [
      container(main, 'registry.example/worker:2026.11.3', [`--shard=${index}`, '--source=jobs.yaml']),
      container(sidecar, `registry.example/${sidecar}:1.27.1`, ['--config=proxy.yaml', '--admin-port=15000']),
    ],
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    automountServiceAccountToken: false,
    nodeName: node,
    securityContext: {},
    schedulerName: 'default-scheduler',
    tolerations: ['not-ready', 'unreachable'].map(what => ({
      key: `node.kubernetes.io/${what}`,
      operator: 'Exists',
      effect: 'NoExecute',
      tolerationSeconds: 300,
    })),
    priority: 0,
    enableServiceLinks: true,
    preemptionPolicy: 'PreemptLowerPriority',
  }
}

function container(name: string, image: string, args: readonly string[]) {
  return {
    name,
    image,
    args,
    env: [{ name: 'LOG_LEVEL', value: 'info' }],
    resources: {},
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
  }
}
