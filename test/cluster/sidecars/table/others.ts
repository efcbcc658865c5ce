import { byComplete, bySignal, noWay, withoutKill, type Sidecar } from '../sidecar.ts'

const collectorConfiguration = JSON.stringify({
  receivers: { otlp: { protocols: { grpc: { endpoint: '127.0.0.1:4317' } } } },
  processors: { batch: {} },
  exporters: { otlp: { endpoint: '127.0.0.1:9999', tls: { insecure: true } } },
  service: { pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['otlp'] } } },
})

/** Telemetry, and what fits nowhere else. */
export const others: readonly Sidecar[] = [
  {
    row: 'opentelemetry-collector',
    title: 'as its operator writes it',
    proof: 'program',
    ports: [4317],
    container: {
      name: 'otc-container',
      image: 'docker.io/otel/opentelemetry-collector:0.165.0',
      args: ['--config=/conf/collector.yaml'],
      securityContext: { runAsUser: 10001 },
    },
    labels: { 'sidecar.opentelemetry.io/injected': 'team-a.sidecar' },
    annotations: { 'sidecar-reaper/sidecars': 'otc-container' }, // its row leaves the exit code open
    files: { '/conf/collector.yaml': collectorConfiguration },
    ends: { all: byComplete, exec: noWay, http: noWay, signal: withoutKill, complete: byComplete },
  },
  {
    row: 'configmap-reload',
    title: 'as charts write it',
    proof: 'protocol',
    ports: [9533],
    container: {
      name: 'configmap-reload',
      image: 'docker.io/jimmidyson/configmap-reload:v0.15.0',
      args: ['--volume-dir=/etc/config', '--webhook-url=http://127.0.0.1:9090/-/reload'],
    },
    ends: { all: byComplete, exec: noWay, http: noWay, signal: { refused: 'unknown-exit' }, complete: byComplete },
  },
  {
    row: 'airflow-xcom',
    title: 'with its signal in the annotation',
    proof: 'program',
    ports: [],
    container: {
      name: 'airflow-xcom-sidecar',
      image: 'docker.io/library/alpine:3.24.2',
      command: ['sh', '-c', 'trap "exit 0" INT; while true; do sleep 1; done;'],
    },
    annotations: {
      'sidecar-reaper/sidecars': 'airflow-xcom-sidecar',
      'sidecar-reaper/containers': '{"airflow-xcom-sidecar": {"signal": "INT", "exit": 0}}',
    },
    ends: { all: bySignal, exec: noWay, http: noWay, signal: bySignal },
  },
]
