import t, { type Test } from 'tap'
import { COMPLETED_ANNOTATION } from '../../runtime/names.ts'
import type { SandboxOptions } from '../sandbox/sandbox.ts'
import { clinic, podOf, running } from './clinic.ts'

/** What admission is said to say while one pod is left over. */
async function asked(t: Test, options: SandboxOptions = {}, settings: object = {}) {
  const { sandbox, diagnose } = await clinic(t, options)
  sandbox.addPod(podOf('backup', 'backup-x'))
  const before = sandbox.pod('shop', 'backup-x')
  const [admission] = (await diagnose({ settings })).of('admission')
  t.strictSame(sandbox.changes(), [], 'nothing was sent that could change something')
  t.strictSame(sandbox.pod('shop', 'backup-x'), before, 'nothing changed')
  return { admission, sandbox, patches: sandbox.requests.filter(({ verb }) => verb === 'patch') }
}

/** The server answers patches of pods/status so. */
const answers = (status: number, message: string): SandboxOptions => ({
  faults: [{ on: { verb: 'patch', resource: 'pods/status' }, do: { kind: 'answer', status, message } }],
})

t.test('askAdmission() tries the patch that completes a pod, by a dry run', async t => {
  const { admission, patches } = await asked(t)
  t.match(admission, { result: 'allowed', namespace: 'shop', pod: 'backup-x', tried: 'completion' })
  const [patch, ...more] = patches
  t.strictSame(more, [])
  t.equal(patch?.query.get('dryRun'), 'All')
  t.match(JSON.parse(patch?.body ?? ''), {
    metadata: { resourceVersion: /^\d+$/, annotations: { [COMPLETED_ANNOTATION]: /^20\d\d-.* containerd:/ } },
    status: { phase: 'Succeeded' },
  })
})

t.test('askAdmission() tries an annotation alone where no pod is left over', async t => {
  const { sandbox, diagnose } = await clinic(t)
  sandbox.addPod(running(podOf('backup', 'backup-x')))
  t.match((await diagnose()).of('admission'), [{ result: 'allowed', tried: 'annotation' }])
  const [patch] = sandbox.requests.filter(({ verb }) => verb === 'patch')
  t.equal(patch?.query.get('dryRun'), 'All')
  t.notOk('status' in JSON.parse(patch?.body ?? '{}'))
})

t.test('askAdmission() is not asked without a pod, without the right, or where a dry run may be none', async t => {
  const { diagnose } = await clinic(t)
  t.match((await diagnose()).of('admission'), [{ result: 'unknown', tried: null, message: /there is no pod in scope/ }])
  for (const [options, settings, message] of [
    [{ denied: [{ verb: 'patch', resource: 'pods/status' }] }, {}, /the right to patch pods\/status is missing/],
    [{ version: 'v1.17.9' }, {}, /only API servers of 1\.18 or newer/],
    [{}, { mode: 'report' }, /nothing is patched/],
  ] as const) {
    const { admission, patches } = await asked(t, options, settings)
    t.match(admission, { result: 'unknown', message })
    t.strictSame(patches, [])
  }
})

t.test('askAdmission() tells a refusal from what says nothing of admission', async t => {
  const policy = `ValidatingAdmissionPolicy 'p' with binding 'b' denied request: failed expression: false`
  for (const [status, message, result, words] of [
    [403, 'pods "backup-x" is forbidden: admission webhook "w.test" denied the request: no', 'refused', /w\.test/],
    [422, `pods "backup-x" is forbidden: ${policy}`, 'refused', /failed expression/],
    [400, 'admission webhook "w.test" does not support dry run', 'unknown', /^a webhook has side effects and takes no dry run/],
    [403, 'User "u" cannot patch resource "pods/status"', 'unknown', /needs verb patch/],
    [409, 'the object has been modified', 'unknown', /^the pods changed while/],
  ] as const) {
    const { admission } = await asked(t, answers(status, message))
    t.match(admission, { result, message: words, pod: 'backup-x' }, message)
  }
})

t.test('askAdmission() takes another pod where the first changes meanwhile', async t => {
  const { sandbox, diagnose } = await clinic(t, { faults: [{ on: { verb: 'patch', nth: 1 }, do: { kind: 'answer', status: 409 } }] })
  for (const name of ['a', 'b']) sandbox.addPod(podOf(name, name))
  t.match((await diagnose()).of('admission'), [{ result: 'allowed', pod: 'b' }])
})
