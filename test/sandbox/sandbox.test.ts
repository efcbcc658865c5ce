import { setImmediate } from 'node:timers/promises'
import t from 'tap'
import { call, patchStatus } from './client.ts'
import { jobManifest } from './manifests.ts'
import { startSandbox } from './sandbox.ts'

t.test('startSandbox() shows a stuck Job and completes it', async t => {
  await using sandbox = await startSandbox()
  const proxy = { on: { TERM: { exit: 143, delayMs: 50 } } }
  sandbox.addJob(jobManifest({ name: 'report' }), { behaviours: { main: { exitAfterMs: 100 }, proxy } })
  const pod = await sandbox.waitFor(() =>
    sandbox.podsOf('default', 'report').find(one => one.status.containerStatuses?.[0]?.state.terminated?.exitCode === 0),
  )
  await patchStatus(sandbox, pod.metadata.name, {
    metadata: { annotations: { done: '1' } },
    status: { phase: 'Succeeded' },
  })
  await sandbox.waitFor(() => sandbox.job('default', 'report')?.status.completionTime)
  await sandbox.waitFor(() => sandbox.signals('default', pod.metadata.name).length > 0)
  t.match(sandbox.signals('default', pod.metadata.name), [{ container: 'proxy', signal: 'TERM', by: 'kubelet' }])
})

t.test('close() ends all children, connections and timers', async t => {
  const sandbox = await startSandbox({ faults: [{ on: { verb: 'list' }, do: { kind: 'hang' } }] })
  sandbox.addJob(jobManifest({ graceSeconds: 30 }))
  await sandbox.waitFor(() => sandbox.podsOf('default', 'report')[0]?.status.phase === 'Running')
  const hanging = call(sandbox, 'GET', '/api/v1/pods')
  await sandbox.waitFor(() => sandbox.requests.length === 1)
  await sandbox.waitFor(() => children() === 2)
  await Promise.all([sandbox.close(), t.rejects(hanging)])
  // Node lets go of a process's handle a moment after its close event.
  for (let turn = 0; turn < 1_000 && children() > 0; turn++) await setImmediate()
  t.equal(children(), 0)
})

t.test('waitFor() says what it waited for', async t => {
  await using sandbox = await startSandbox()
  const inVain = sandbox.waitFor(() => false, { deadlineMs: 30, what: 'a miracle' })
  await t.rejects(inVain, { message: 'Waited 30 ms in vain for: a miracle' })
})

function children(): number {
  return process.getActiveResourcesInfo().filter(name => name === 'ProcessWrap').length
}
