import { seconds } from './pod-options.ts'

/** Who owns which field, as the Job controller and a kubelet leave it: a third of what a list of pods weighs. */
export function managedFields(start: Date, containers: readonly string[]) {
  const time = seconds(start)
  return [
    { manager: 'kube-controller-manager', operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1: { ...ofMetadata(), 'f:spec': ofSpec(containers) } },
    { manager: 'kubelet', operation: 'Update', apiVersion: 'v1', time, fieldsType: 'FieldsV1', fieldsV1: { 'f:status': ofStatus() }, subresource: 'status' },
  ]
}

function ofMetadata() {
  const labels = ['app', 'app.kubernetes.io/part-of', 'batch.kubernetes.io/controller-uid', 'batch.kubernetes.io/job-name', 'controller-uid', 'job-name']
  const owner = { '.': {}, 'k:{"uid":"0f4e2c9a-0000-4000-8000-000000000000"}': {} }
  return { 'f:metadata': { 'f:annotations': all('.', 'f:checksum/config'), 'f:generateName': {}, 'f:labels': all('.', ...labels.map(field)), 'f:ownerReferences': owner } }
}

function ofSpec(containers: readonly string[]) {
  const fields = all('.', ...['args', 'image', 'imagePullPolicy', 'name', 'terminationMessagePath', 'terminationMessagePolicy'].map(field))
  return {
    'f:containers': Object.fromEntries(containers.map(name => [`k:{"name":"${name}"}`, fields])),
    ...all(...['dnsPolicy', 'enableServiceLinks', 'restartPolicy', 'schedulerName', 'securityContext', 'terminationGracePeriodSeconds', 'volumes'].map(field)),
  }
}

function ofStatus() {
  const conditions = ['ContainersReady', 'Initialized', 'PodReadyToStartContainers', 'Ready']
  const condition = all('.', ...['lastProbeTime', 'lastTransitionTime', 'status', 'type'].map(field))
  return {
    'f:conditions': Object.fromEntries(conditions.map(type => [`k:{"type":"${type}"}`, condition])),
    ...all(...['containerStatuses', 'hostIP', 'hostIPs', 'phase', 'podIP', 'podIPs', 'startTime'].map(field)),
  }
}

function all(...keys: readonly string[]): Record<string, object> {
  return Object.fromEntries(keys.map(key => [key, {}]))
}

function field(name: string): string {
  return `f:${name}`
}
