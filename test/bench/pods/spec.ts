import type { PodOptions } from './pod-options.ts'

/** The spec of a bench's pod as the API server fills it in. */
export function podSpec({ index, node }: Pick<PodOptions, 'index' | 'node'>, main: string, sidecar: string) {
  return {
    volumes: [
      { name: 'config', configMap: { name: 'billing-config', defaultMode: 420 } },
      { name: 'scratch', emptyDir: {} },
    ],
    containers: [
      container(main, 'registry.example/billing/worker:2026.11.3', [`--shard=${index}`, '--source=/etc/billing/jobs.yaml', '--log-format=json']),
      container(sidecar, `registry.example/platform/${sidecar}:1.27.1`, ['--config=/etc/billing/proxy.yaml', '--admin-port=15000']),
    ],
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 30,
    dnsPolicy: 'ClusterFirst',
    serviceAccountName: 'default',
    serviceAccount: 'default',
    automountServiceAccountToken: false,
    nodeName: node,
    securityContext: { runAsUser: 1000, runAsNonRoot: true, fsGroup: 1000 },
    schedulerName: 'default-scheduler',
    tolerations: ['not-ready', 'unreachable'].map(what => ({ key: `node.kubernetes.io/${what}`, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 300 })),
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
    env: [
      { name: 'LOG_LEVEL', value: 'info' },
      { name: 'REGION', value: 'eu-central-1' },
      { name: 'POD_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.name' } } },
    ],
    resources: { limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '100m', memory: '128Mi' } },
    volumeMounts: [
      { name: 'config', readOnly: true, mountPath: '/etc/billing' },
      { name: 'scratch', mountPath: '/var/scratch' },
    ],
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
    imagePullPolicy: 'IfNotPresent',
    securityContext: { capabilities: { drop: ['ALL'] }, readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
  }
}
