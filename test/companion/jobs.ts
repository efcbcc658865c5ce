const MAIN = { name: 'main', image: 'main' }

/** Jobs and CronJobs, and whether they will hang for a sidecar that the catalogue knows. All companions read them. */
export const JOBS: Readonly<Record<string, { readonly job: object; readonly hangs: string | false }>> = {
  'a proxy by name and image': {
    job: job({ containers: [MAIN, { name: 'istio-proxy', image: 'docker.io/istio/proxyv2:1.27' }] }),
    hangs: 'istio-proxy',
  },
  'a proxy by name and mark, in a CronJob': {
    job: cronJob({ containers: [MAIN, { name: 'linkerd-proxy', image: 'x' }], annotations: { 'linkerd.io/inject': 'enabled' } }),
    hangs: 'linkerd-proxy',
  },
  'two of them': {
    job: job({
      containers: [
        MAIN,
        { name: 'fluent-bit', image: 'fluent/fluent-bit' },
        { name: 'csql-1', image: 'cloud-sql-connectors/cloud-sql-proxy:2' },
      ],
    }),
    hangs: 'fluent-bit, csql-1',
  },
  'a name alone': { job: job({ containers: [MAIN, { name: 'istio-proxy', image: 'x' }] }), hangs: false },
  'an image alone': { job: job({ containers: [MAIN, { name: 'other', image: 'docker.io/istio/proxyv2' }] }), hangs: false },
  'a native sidecar': {
    job: job({ containers: [MAIN], initContainers: [{ name: 'istio-proxy', image: 'istio/proxyv2', restartPolicy: 'Always' }] }),
    hangs: false,
  },
  'one that is named': {
    job: job({
      containers: [MAIN, { name: 'fluent-bit', image: 'fluent/fluent-bit' }],
      annotations: { 'sidecar-reaper/sidecars': 'fluent-bit' },
    }),
    hangs: false,
  },
  'a Job that is nothing but a proxy': { job: job({ containers: [{ name: 'fluent-bit', image: 'fluent/fluent-bit' }] }), hangs: false },
  'one that ends by itself': { job: job({ containers: [MAIN, { name: 'kuma-sidecar', image: 'kumahq/kuma-dp' }] }), hangs: false },
}

interface Template {
  readonly containers: readonly object[]
  readonly initContainers?: readonly object[]
  readonly annotations?: object
}

function template({ annotations, ...containers }: Template): object {
  return { ...(annotations && { metadata: { annotations } }), spec: { restartPolicy: 'Never', ...containers } }
}

function job(given: Template): object {
  return { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'job' }, spec: { template: template(given) } }
}

function cronJob(given: Template): object {
  const spec = { schedule: '0 0 * * *', jobTemplate: { spec: { template: template(given) } } }
  return { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'job' }, spec }
}
