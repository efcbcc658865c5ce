import t from 'tap'
import { podFacts, reads } from '../../runtime/facts.ts'
import type { Pod } from '../../runtime/pod.ts'

const pod: Pod = {
  metadata: {
    name: 'backup-x',
    namespace: 'team-a',
    uid: '1',
    resourceVersion: '7',
    deletionTimestamp: '1970-01-01T00:01:00Z',
    labels: { 'batch.kubernetes.io/job-name': 'backup', app: 'backup' },
    annotations: { 'sidecar-reaper/sidecars': 'proxy', other: 'x' },
    ownerReferences: [
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'c' },
      { apiVersion: 'batch/v1', kind: 'Job', name: 'backup', uid: '2', controller: true },
    ],
  },
  spec: {
    nodeName: 'node-1',
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 5,
    hostPID: true,
    hostNetwork: false,
    shareProcessNamespace: true,
    initContainers: [{ name: 'mesh', restartPolicy: 'Always' }],
    containers: [
      { name: 'main', image: 'a', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] },
      { name: 'istio-proxy', image: 'b', lifecycle: { stopSignal: 'SIGINT' }, env: [{ name: 'TOKEN', value: 'x' }], args: ['y'] },
    ],
  },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'DisruptionTarget', status: 'True', lastTransitionTime: '1970-01-01T00:00:02Z' },
      { type: 'AllContainersRestarting', status: 'False' },
      { type: 'ContainersReady', status: 'False', lastTransitionTime: '1970-01-01T00:00:02Z' },
    ],
    containerStatuses: [
      {
        name: 'main',
        containerID: 'x://1',
        state: { terminated: { exitCode: 0, reason: 'Completed', finishedAt: '1970-01-01T00:00:01.5Z' } },
      },
      {
        name: 'istio-proxy',
        containerID: 'x://2',
        state: { running: { startedAt: '1970-01-01T00:00:00Z' } },
        lastState: { waiting: { reason: 'x' } },
      },
    ],
    initContainerStatuses: [{ name: 'mesh', state: {} }],
  },
}

/** As the policy gets it. */
/** What is read of a container with these fields. */
function containerRead(fields: object, options: object): Readonly<Record<string, unknown>> {
  const read = facts({ spec: { containers: [{ name: 'c', ...fields }] } }, options) as { spec: { containers: [Record<string, unknown>] } } // our own facts
  return read.spec.containers[0]
}

function facts(of: unknown, options = {}): unknown {
  return JSON.parse(JSON.stringify(podFacts(of as Pod, reads(options)))) // a pod is untrusted input: any shape may come
}

t.test('podFacts() gives the fields that the rules read, in the shape of the pod', async t => {
  t.strictSame(facts(pod), {
    metadata: {
      namespace: 'team-a',
      deletionTimestamp: 60,
      labels: { 'batch.kubernetes.io/job-name': 'backup' },
      annotations: { 'sidecar-reaper/sidecars': 'proxy' },
      ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', controller: true }],
    },
    spec: {
      nodeName: 'node-1',
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 5,
      hostPID: true,
      shareProcessNamespace: true,
      initContainers: [{ name: 'mesh', restartPolicy: 'Always' }],
      containers: [
        { name: 'main', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] },
        { name: 'istio-proxy', lifecycle: { stopSignal: 'SIGINT' } },
      ],
    },
    status: {
      phase: 'Running',
      conditions: [
        { type: 'DisruptionTarget', status: 'True' },
        { type: 'ContainersReady', status: 'False', lastTransitionTime: 2 },
      ],
      initContainerStatuses: [{ name: 'mesh' }],
      containerStatuses: [
        { name: 'main', containerID: 'x://1', state: { terminated: { exitCode: 0, finishedAt: 1.5 } } },
        { name: 'istio-proxy', containerID: 'x://2', state: { running: {} }, lastState: { waiting: { reason: 'x' } } },
      ],
    },
  })
})

t.test('podFacts() carries an image only where the last word of its repository counts', async t => {
  const images = ['acme/proxy', 'x.example:5000/a/proxy:1', 'proxy@sha256:0', 'acme/other', 'proxy/main', 'acme/proxy2', '/'.repeat(9)]
  const read = images.map(image => containerRead({ image }, { images: ['acme/proxy'] })['image'])
  t.strictSame(read, [...images.slice(0, 3), undefined, undefined, undefined, undefined])
})

t.test('podFacts() carries of the arguments only the flags that count, and the values of those that have one', async t => {
  const options = { flags: ['quit'], valueFlags: ['port'] }
  const read = (words: unknown) => {
    const { command } = containerRead({ command: words }, options)
    const { args } = containerRead({ args: words }, options)
    t.strictSame(command, args)
    return args
  }
  t.strictSame(read(['/proxy', '--token=x', 'secret', '--quit', 'secret', '-port', '9', 'secret']), ['--quit', '-port', '9'])
  t.strictSame(read(['--quit=false', '--port=7', 'secret', '--quitting', '--port-of-call=1']), ['--quit=false', '--port=7'])
  t.strictSame(read(['--port', '--quit', 'secret']), ['--port', '--quit', '--quit'], 'whatever comes after it is its value')
  t.strictSame(read(['--port', '1', '--quit', '--port', '2', '--quit=false', 'secret']), ['--port', '2', '--quit=false'])
  t.strictSame(read(['--port', '1', '--port']), ['--port'])
  t.strictSame(read(['secret', 'port', 'quit']), undefined)
  t.throws(() => read([1]), /command: got 1, expected text/)
  t.throws(() => read('x'), /command: got "x", expected a list/)
})

t.test('podFacts() carries the program of a command only where it counts, and that something is filled in', async t => {
  const options = { flags: ['quit'], valueFlags: ['port'], programs: ['proxy'], wrappers: ['sh'] }
  const read = (command: readonly string[], args: readonly string[] = []) => {
    const { command: program, args: rest } = containerRead({ command, args }, options)
    return [program, rest]
  }
  t.strictSame(read(['/opt/proxy', '--quit', 'secret'], ['--quit']), [['proxy', '--quit'], ['--quit']])
  t.strictSame(read(['/secret/run', '--secret']), [['?'], undefined])
  t.strictSame(read(['/bin/sh', '-c', 'secret'], ['/bin/sh', 'secret/', 'sh']), [['sh', 'sh'], ['sh']])
  t.strictSame(read([], ['$(SECRET)', '--$(SECRET)=secret', 'secret$(SECRET)', '$$(SECRET)']), [undefined, ['?', '$(']])
  t.strictSame(read([], ['/opt/proxy', 'secret']), [undefined, ['proxy']])
  t.strictSame(read(['proxy', '--port'], ['9', '--quit']), [['proxy', '--port', '9'], ['--quit']])
  t.strictSame(read([], ['--quit', '--', '--port', '$(SECRET)', 'sh']), [undefined, ['--quit', '--', 'sh']])
  t.strictSame(read([], ['--port', '--', '--quit']), [undefined, ['--port', '--', '--']])
})

t.test('podFacts() says that env comes from elsewhere, but not from where', async t => {
  t.strictSame(containerRead({ envFrom: [{ secretRef: { name: 'secret' } }] }, {})['envFrom'], [{}])
  t.equal(containerRead({ envFrom: [] }, {})['envFrom'], undefined)
})

t.test('podFacts() carries of a liveness probe only how patient it is', async t => {
  const livenessProbe = { exec: { command: ['secret'] }, periodSeconds: 5, failureThreshold: 2 }
  t.strictSame(containerRead({ livenessProbe }, {})['livenessProbe'], { periodSeconds: 5, failureThreshold: 2 })
})

t.test('podFacts() carries what the catalogue and the settings ask for', async t => {
  const argo = { ...pod.metadata?.annotations, 'workflows.argoproj.io/kill-cmd-proxy': '[]', other: 'x' }
  const kruise = { name: 'KRUISE_TERMINATE_SIDECAR_WHEN_JOB_EXIT', value: 'true' }
  const marked = {
    metadata: { ...pod.metadata, annotations: argo },
    spec: { containers: [{ name: 'proxy', image: 'acme/proxy', env: [{ name: 'TOKEN', value: 'x' }, kruise] }] },
  }
  const options = { annotations: ['other'], labels: ['app'], images: ['acme/proxy'], controllersGone: ['kruise', 'argo'] }
  t.match(facts(marked, options), {
    metadata: { annotations: argo, labels: { app: 'backup' } },
    spec: { containers: [{ name: 'proxy', image: 'acme/proxy', env: [kruise] }] },
  })
  t.match(facts(marked), {
    metadata: { annotations: { 'workflows.argoproj.io/kill-cmd-proxy': undefined } },
    spec: { containers: [{ env: undefined, image: undefined }] },
  })
})

t.test('podFacts() takes a pod without anything', async t => {
  for (const empty of [{}, { metadata: null, spec: null, status: null }, { spec: { containers: [] }, status: { containerStatuses: null } }])
    t.match(facts(empty), { metadata: {}, spec: {}, status: {} })
})

t.test('podFacts() takes the state that keeps the container, should there be two', async t => {
  const statuses = [
    { name: 'a', state: { terminated: { exitCode: 0 }, running: {}, waiting: {} } },
    { name: 'b', state: { terminated: { exitCode: 0 }, waiting: {} } },
  ]
  t.match(facts({ status: { containerStatuses: statuses } }), {
    status: { containerStatuses: [{ state: { running: {}, terminated: undefined } }, { state: { waiting: {}, terminated: undefined } }] },
  })
})

t.test('podFacts() leaves out a time that is null, as the kubelet writes it for a container that it has lost', async t => {
  const lost = { status: { containerStatuses: [{ name: 'a', state: { terminated: { exitCode: 137, finishedAt: null } } }] } }
  t.strictSame(facts(lost), {
    metadata: {},
    spec: {},
    status: { containerStatuses: [{ name: 'a', state: { terminated: { exitCode: 137 } } }] },
  })
})

t.test('podFacts() makes text well-formed, as OPA takes no lone surrogates', async t => {
  t.match(facts({ spec: { containers: [{ name: 'a\ud800' }] } }), { spec: { containers: [{ name: 'a\ufffd' }] } })
})

t.test('podFacts() says where the shape of a pod is wrong, what it found and what it expected', async t => {
  const wrong: [unknown, string][] = [
    [{ metadata: [] }, 'metadata: got [], expected an object'],
    [{ metadata: { namespace: 5 } }, 'metadata.namespace: got 5, expected text'],
    [
      { metadata: { annotations: { 'sidecar-reaper/ignore': true } } },
      'metadata.annotations[sidecar-reaper/ignore]: got true, expected text',
    ],
    [{ metadata: { deletionTimestamp: 'soon' } }, 'metadata.deletionTimestamp: got "soon", expected an RFC 3339 time'],
    [
      { metadata: { ownerReferences: [{}, { controller: 'yes' }] } },
      'metadata.ownerReferences[1].controller: got "yes", expected true or false',
    ],
    [{ spec: { containers: {} } }, 'spec.containers: got {}, expected a list'],
    [{ spec: { containers: [null] } }, 'spec.containers[0].name: got nothing, expected a name'],
    [{ spec: { containers: ['a'] } }, 'spec.containers[0]: got "a", expected an object'],
    [{ spec: { containers: [{ name: '' }] } }, 'spec.containers[0].name: got "", expected a name'],
    [{ spec: { terminationGracePeriodSeconds: '30' } }, 'spec.terminationGracePeriodSeconds: got "30", expected a number'],
    [
      { spec: { containers: [{ name: 'a', restartPolicyRules: [{ exitCodes: { values: 1 } }] }] } },
      'spec.containers[0].restartPolicyRules[0].exitCodes.values: got 1, expected a list of exit codes',
    ],
    [{ spec: { containers: [{ name: 'a' }, { name: 'a' }] } }, 'spec.containers: two entries are named a, expected every name once'],
    [
      { spec: { initContainers: [{ name: 'a' }], containers: [{ name: 'a' }] } },
      'spec.containers: two entries are named a, expected every name once',
    ],
    [
      { status: { containerStatuses: [{ name: 'a' }, { name: 'a' }] } },
      'status.containerStatuses: two entries are named a, expected every name once',
    ],
    [
      { status: { initContainerStatuses: [{ name: 'a' }, { name: 'a' }] } },
      'status.initContainerStatuses: two entries are named a, expected every name once',
    ],
    [
      { status: { containerStatuses: [{ name: 'a', state: 'Running' }] } },
      'status.containerStatuses[0].state: got "Running", expected an object',
    ],
    [
      { status: { phase: 'x'.repeat(100).split('') } },
      `status.phase: got ${JSON.stringify('x'.repeat(100).split('')).slice(0, 59)}…, expected text`,
    ],
  ]
  for (const [of, message] of wrong) t.throws(() => facts(of), new TypeError(message))
})
