import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeName } from './credentials.ts'
import { pauseImage } from './images.ts'
import type { Cluster, Version } from './paths.ts'

const podNetwork = '10.244.0.0/24'

/** What a version has but leaves off, and our scenarios use. 1.36 has both actions of restartPolicyRules on by default. */
const gates: Record<Version, Record<string, boolean>> = {
  '1.32.2': {},
  '1.34.4': { ContainerRestartRules: true },
  '1.36.3': {},
}

export function featureGates({ version }: Cluster): Record<string, boolean> {
  return gates[version]
}

/** Writes the configuration files of containerd, its network plugins, the kubelet and the proxy. */
export function writeSettings(cluster: Cluster): void {
  const write = (file: string, content: string) => writeFileSync(join(cluster.data, file), content)
  mkdirSync(join(cluster.data, 'cni'))
  write('resolv.conf', '')
  write('cni/pods.conflist', JSON.stringify(network))
  write('containerd.toml', containerd(cluster))
  write('kubelet.json', JSON.stringify(kubelet(cluster)))
  write('proxy.json', JSON.stringify(proxy(cluster)))
  write('audit-policy.json', JSON.stringify(auditPolicy))
}

/** Every change that a test's ServiceAccount asks for, with its body, and every exec, which by WebSocket is a GET. */
const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [
    { level: 'None', userGroups: ['system:serviceaccounts:kube-system'] },
    { level: 'Metadata', userGroups: ['system:serviceaccounts'], resources: [{ group: '', resources: ['pods/exec', 'pods/portforward'] }] },
    { level: 'Request', userGroups: ['system:serviceaccounts'], verbs: ['create', 'update', 'patch', 'delete', 'deletecollection'] },
    { level: 'None' },
  ],
}

/** Without CAP_SYS_RESOURCE a sandbox fails to start unless restrict_oom_score_adj is on. */
function containerd(cluster: Cluster): string {
  return `version = 2
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "${pauseImage}"
restrict_oom_score_adj = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "/usr/lib/cni"
conf_dir = "${join(cluster.data, 'cni')}"
`
}

const network = {
  cniVersion: '0.4.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isDefaultGateway: true,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet: podNetwork }]] },
    },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
}

function kubelet(cluster: Cluster): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: join(cluster.data, 'server.crt') },
    },
    authorization: { mode: 'Webhook' },
    containerRuntimeEndpoint: 'unix:///run/containerd/containerd.sock',
    clusterDNS: ['10.96.0.10'],
    clusterDomain: 'cluster.local',
    resolvConf: join(cluster.data, 'resolv.conf'),
    volumePluginDir: '/var/lib/kubelet/volume-plugins',
    cgroupDriver: 'cgroupfs',
    cgroupRoot: `/${cluster.cgroup}`,
    failCgroupV1: false,
    failSwapOn: false,
    // The machine's disk and memory are not this node's to judge.
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    evictionHard: {},
    imageGCHighThresholdPercent: 100,
    featureGates: featureGates(cluster),
  }
}

function proxy(cluster: Cluster): object {
  return {
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    clientConnection: { kubeconfig: join(cluster.data, 'proxy.kubeconfig') },
    hostnameOverride: nodeName,
    mode: 'iptables',
    clusterCIDR: podNetwork,
    // The table's size is one setting for the whole machine.
    conntrack: { maxPerCore: 0 },
  }
}
