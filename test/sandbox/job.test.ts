import t from 'tap'
import type { Behaviours } from './behaviour.ts'
import { exec, patchStatus } from './client.ts'
import { container, jobManifest } from './manifests.ts'
import type { JobOptions } from './manifests.ts'
import type { Pod } from './objects.ts'
import { startSandbox } from './sandbox.ts'
import type { Sandbox } from './sandbox.ts'

const stuck: Behaviours = { main: { exitAfterMs: 20 }, proxy: { on: { TERM: { exit: 143 } } } }

async function withJob(options: JobOptions, behaviours: Behaviours): Promise<{ sandbox: Sandbox; pod: Pod }> {
  const sandbox = await startSandbox({ processes: 'memory', timings: { backOffMs: 10 } })
  sandbox.addJob(jobManifest(options), { behaviours })
  const pod = await sandbox.waitFor(
    () => sandbox.podsOf('default', 'report').find(candidate => mainCode(candidate) !== undefined && hasSettled(candidate)),
    { what: "the main's end" },
  )
  return { sandbox, pod }
}

function mainCode(pod: Pod | undefined): number | undefined {
  return pod?.status.containerStatuses?.find(status => status.name === 'main')?.state.terminated?.exitCode
}

// Else the sidecar's own start makes a new version, and a guarded patch gets 409.
function hasSettled(pod: Pod): boolean {
  return pod.status.containerStatuses?.every(status => status.state.waiting?.reason !== 'ContainerCreating') === true
}

function jobPhase(sandbox: Sandbox): string | undefined {
  return sandbox.job('default', 'report')?.status.conditions?.find(condition => ['Complete', 'Failed'].includes(condition.type))?.type
}

function statusOf(sandbox: Sandbox, pod: Pod, name: string): NonNullable<Pod['status']['containerStatuses']>[number] | undefined {
  return sandbox.pod('default', pod.metadata.name)?.status.containerStatuses?.find(status => status.name === name)
}

function told(sandbox: Sandbox, pod: Pod): readonly string[] {
  return sandbox.signals('default', pod.metadata.name).map(record => `${record.container} ${record.signal} by ${record.by}`)
}

function complete(
  pod: Pod,
  phase = 'Succeeded',
): {
  metadata: { resourceVersion: string; annotations: { 'sidecar-reaper/completed': string } }
  status: { phase: string }
} {
  return {
    metadata: { resourceVersion: pod.metadata.resourceVersion, annotations: { 'sidecar-reaper/completed': 'now' } },
    status: { phase },
  }
}

t.test('a sidecar outlives its main, and the Job never completes', async t => {
  const { sandbox, pod } = await withJob({}, stuck)
  t.teardown(sandbox.close)
  t.equal(sandbox.pod('default', pod.metadata.name)?.status.phase, 'Running')
  t.match(statusOf(sandbox, pod, 'main'), {
    state: {
      terminated: {
        exitCode: 0,
        reason: 'Completed',
        finishedAt: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
        containerID: /^containerd:\/\/[0-9a-f]{64}$/,
      },
    },
  })
  t.match(pod.metadata.labels, {
    'batch.kubernetes.io/job-name': 'report',
    'job-name': 'report',
    'batch.kubernetes.io/controller-uid': sandbox.job('default', 'report')?.metadata.uid,
  })
  t.match(pod.metadata.ownerReferences, [{ kind: 'Job', name: 'report', controller: true }])
  t.equal(jobPhase(sandbox), undefined)
})

t.test('under Never a clean exit of the sidecar completes the Job', async t => {
  const { sandbox, pod } = await withJob({}, { ...stuck, proxy: { on: { TERM: { exit: 0 } } } })
  t.teardown(sandbox.close)
  await exec(sandbox, pod.metadata.name, 'proxy', ['kill', '-TERM', '1'])
  await sandbox.waitFor(() => jobPhase(sandbox) === 'Complete')
  t.match(sandbox.job('default', 'report')?.status, { succeeded: 1, failed: 0, active: 0, completionTime: /Z$/ })
  t.strictSame(told(sandbox, pod), ['proxy TERM by exec'])
})

t.test('under Never a dirty exit of the sidecar runs the main twice', async t => {
  const { sandbox, pod } = await withJob({}, stuck)
  t.teardown(sandbox.close)
  await exec(sandbox, pod.metadata.name, 'proxy', ['kill', '-TERM', '1'])
  const second = await sandbox.waitFor(() => sandbox.podsOf('default', 'report')[1])
  t.equal(sandbox.pod('default', pod.metadata.name)?.status.phase, 'Failed')
  await sandbox.waitFor(() => mainCode(sandbox.pod('default', second.metadata.name)) === 0)
  t.match(sandbox.job('default', 'report')?.status, { failed: 1, active: 1 })
})

t.test('under Never the Job fails beyond its backoffLimit', async t => {
  const { sandbox, pod } = await withJob({ backoffLimit: 0 }, stuck)
  t.teardown(sandbox.close)
  await exec(sandbox, pod.metadata.name, 'proxy', ['kill', '-TERM', '1'])
  await sandbox.waitFor(() => jobPhase(sandbox) === 'Failed')
  t.match(sandbox.job('default', 'report')?.status.conditions?.at(-1), {
    type: 'Failed',
    reason: 'BackoffLimitExceeded',
  })
  t.equal(sandbox.podsOf('default', 'report').length, 1)
})

t.test('under OnFailure a dirty exit restarts the sidecar, and the Job never completes', async t => {
  const { sandbox, pod } = await withJob({ restartPolicy: 'OnFailure' }, stuck)
  t.teardown(sandbox.close)
  const first = statusOf(sandbox, pod, 'proxy')?.containerID
  await exec(sandbox, pod.metadata.name, 'proxy', ['kill', '-TERM', '1'])
  const again = await sandbox.waitFor(() => {
    const status = statusOf(sandbox, pod, 'proxy')
    return status?.restartCount === 1 && status.state.running !== undefined && status
  })
  t.match(again.lastState, { terminated: { exitCode: 143, reason: 'Error', containerID: first } })
  t.not(again.containerID, first)
  t.equal(jobPhase(sandbox), undefined)
})

t.test('under OnFailure restarts of the sidecar count against the backoffLimit', async t => {
  const { sandbox, pod } = await withJob({ restartPolicy: 'OnFailure', backoffLimit: 1 }, stuck)
  t.teardown(sandbox.close)
  await exec(sandbox, pod.metadata.name, 'proxy', ['kill', '-TERM', '1'])
  await sandbox.waitFor(() => jobPhase(sandbox) === 'Failed')
  t.equal(mainCode(pod), 0)
})

t.test('a sidecar that keeps failing waits in CrashLoopBackOff while the pod stays Running', async t => {
  const { sandbox, pod } = await withJob({ restartPolicy: 'OnFailure' }, { main: { exitAfterMs: 0 }, proxy: { exitAfterMs: 5, exit: 1 } })
  t.teardown(sandbox.close)
  const status = await sandbox.waitFor(() => {
    const proxy = statusOf(sandbox, pod, 'proxy')
    return proxy?.state.waiting?.reason === 'CrashLoopBackOff' && proxy
  })
  t.match(status, {
    lastState: { terminated: { exitCode: 1 } },
    state: { waiting: { message: /^back-off .* restarting failed container=proxy pod=report-/ } },
  })
  t.equal(sandbox.pod('default', pod.metadata.name)?.status.phase, 'Running')
  const refused = await exec(sandbox, pod.metadata.name, 'proxy', ['kill', '-TERM', '1'])
  t.match(refused.status, {
    status: 'Failure',
    reason: 'InternalError',
    code: 500,
    message: 'Internal error occurred: unable to upgrade connection: container not found ("proxy")',
  })
  await patchStatus(sandbox, pod.metadata.name, {
    metadata: { annotations: { done: '1' } },
    status: { phase: 'Succeeded' },
  })
  await sandbox.waitFor(() => jobPhase(sandbox) === 'Complete' && statusOf(sandbox, pod, 'proxy')?.state.terminated !== undefined)
  t.equal(statusOf(sandbox, pod, 'proxy')?.state.terminated?.exitCode, 1)
})

for (const restartPolicy of ['Never', 'OnFailure'] as const) {
  t.test(`a terminal phase with a changed annotation completes the Job under ${restartPolicy}, whatever the exit code`, async t => {
    const { sandbox, pod } = await withJob({ restartPolicy, backoffLimit: 0 }, stuck)
    t.teardown(sandbox.close)
    t.equal((await patchStatus(sandbox, pod.metadata.name, complete(pod))).status, 200)
    await sandbox.waitFor(() => statusOf(sandbox, pod, 'proxy')?.state.terminated?.exitCode === 143)
    await sandbox.waitFor(() => jobPhase(sandbox) === 'Complete')
    t.equal(sandbox.pod('default', pod.metadata.name)?.status.phase, 'Succeeded')
    t.equal(sandbox.podsOf('default', 'report').length, 1)
    t.strictSame(told(sandbox, pod), ['proxy TERM by kubelet'])
  })
}

t.test('a terminal phase without a changed annotation is reverted: the Job is Complete, the sidecar untold', async t => {
  const { sandbox, pod } = await withJob({}, stuck)
  t.teardown(sandbox.close)
  await patchStatus(sandbox, pod.metadata.name, { metadata: { annotations: { earlier: 'does not count' } } })
  t.match(await patchStatus(sandbox, pod.metadata.name, { status: { phase: 'Succeeded' } }), {
    body: { status: { phase: 'Succeeded' } },
  })
  await sandbox.waitFor(() => jobPhase(sandbox) === 'Complete')
  await sandbox.waitFor(() => sandbox.pod('default', pod.metadata.name)?.status.phase === 'Running')
  t.strictSame(told(sandbox, pod), [])
  t.ok(statusOf(sandbox, pod, 'proxy')?.state.running)
})

t.test('the teardown runs preStop, the stop signal, and KILL after the grace', async t => {
  const proxy = container('proxy', { lifecycle: { preStop: { exec: { command: ['drain'] } }, stopSignal: 'SIGINT' } })
  const { sandbox, pod } = await withJob(
    { containers: [container('main'), proxy], graceSeconds: 1 },
    { main: { exitAfterMs: 0 }, proxy: { preStopMs: 50, on: { TERM: { exit: 0 } } } },
  )
  t.teardown(sandbox.close)
  const began = performance.now()
  await patchStatus(sandbox, pod.metadata.name, complete(pod))
  await sandbox.waitFor(() => statusOf(sandbox, pod, 'proxy')?.state.terminated?.exitCode === 137)
  t.ok(performance.now() - began > 900, 'after the whole grace')
  t.strictSame(told(sandbox, pod), ['proxy preStop by kubelet', 'proxy INT by kubelet', 'proxy KILL by kubelet'])
  t.equal(sandbox.pod('default', pod.metadata.name)?.status.phase, 'Succeeded')
})

t.test('a pod whose sidecar never started stays Pending until its phase is patched', async t => {
  const { sandbox, pod } = await withJob({}, { main: { exitAfterMs: 0 }, proxy: { pull: 'fails' } })
  t.teardown(sandbox.close)
  t.equal(sandbox.pod('default', pod.metadata.name)?.status.phase, 'Pending')
  t.equal(statusOf(sandbox, pod, 'proxy')?.state.waiting?.reason, 'ImagePullBackOff')
  await patchStatus(sandbox, pod.metadata.name, complete(pod))
  await sandbox.waitFor(() => jobPhase(sandbox) === 'Complete')
  t.strictSame(told(sandbox, pod), [])
})

t.test('phase Failed for a failed main starts the next pod', async t => {
  const { sandbox, pod } = await withJob({}, { main: [{ exitAfterMs: 0, exit: 3 }, {}], proxy: stuck['proxy'] ?? {} })
  t.teardown(sandbox.close)
  t.equal(mainCode(pod), 3)
  await patchStatus(sandbox, pod.metadata.name, complete(pod, 'Failed'))
  const second = await sandbox.waitFor(() => sandbox.podsOf('default', 'report')[1])
  await sandbox.waitFor(() => sandbox.pod('default', second.metadata.name)?.status.phase === 'Running')
  t.match(sandbox.job('default', 'report')?.status, { failed: 1 })
})

t.test('native sidecars start first, are ended by the kubelet last, and their code does not count', async t => {
  const initContainers = [container('setup'), container('mesh', { restartPolicy: 'Always' })]
  const sandbox = await startSandbox({ processes: 'memory' })
  t.teardown(sandbox.close)
  const behaviours = { setup: { exitAfterMs: 5 }, mesh: { on: { TERM: { exit: 143 } } }, main: { exitAfterMs: 20 } }
  sandbox.addJob(jobManifest({ containers: [container('main')], initContainers }), { behaviours })
  await sandbox.waitFor(() => jobPhase(sandbox) === 'Complete')
  const [pod] = sandbox.podsOf('default', 'report')
  t.match(pod?.status, {
    phase: 'Succeeded',
    initContainerStatuses: [
      { name: 'setup', state: { terminated: { exitCode: 0 } } },
      { name: 'mesh', state: { terminated: { exitCode: 143 } } },
    ],
  })
  t.strictSame(pod === undefined ? [] : told(sandbox, pod), ['mesh TERM by kubelet'])
})

t.test('with children as containers the signals and codes are real', async t => {
  const sandbox = await startSandbox()
  t.teardown(sandbox.close)
  sandbox.addJob(jobManifest(), {
    behaviours: { main: { exitAfterMs: 10 }, proxy: { on: { INT: { exit: 7, delayMs: 10 } } } },
  })
  const pod = await sandbox.waitFor(() => sandbox.podsOf('default', 'report').find(candidate => mainCode(candidate) === 0))
  // A process of its own starts when the machine finds the time, so perhaps after the main has ended.
  await sandbox.waitFor(() => statusOf(sandbox, pod, 'proxy')?.state.running)
  await exec(sandbox, pod.metadata.name, 'proxy', ['kill', '-TERM', '1'])
  t.ok(statusOf(sandbox, pod, 'proxy')?.state.running, 'PID 1 without a handler ignores TERM')
  await exec(sandbox, pod.metadata.name, 'proxy', ['sh', '-c', 'kill -INT 1'])
  await sandbox.waitFor(() => statusOf(sandbox, pod, 'proxy')?.state.terminated?.exitCode === 7)
  const second = await sandbox.waitFor(() => sandbox.podsOf('default', 'report')[1])
  await sandbox.waitFor(() => statusOf(sandbox, second, 'proxy')?.state.running !== undefined)
  await patchStatus(sandbox, second.metadata.name, {
    metadata: { annotations: { done: '1' } },
    status: { phase: 'Succeeded' },
  })
  await sandbox.waitFor(() => statusOf(sandbox, second, 'proxy')?.state.terminated?.exitCode === 137, {
    what: 'KILL after the grace',
  })
})
