import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { readConfig } from '../../runtime/config.ts'
import { UsageError } from '../../runtime/usage.ts'
import { folder } from '../runtime/cluster/api.ts'
import type { SandboxOptions } from '../sandbox/sandbox.ts'
import { addCronJob, clinic, podOf } from './clinic.ts'

const MAIN = fileURLToPath(new URL('../../runtime/main.ts', import.meta.url))

async function run(args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, 'doctor', ...args], { env: { PATH: process.env['PATH'], HOME: '/nowhere' } })
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), stdout, stderr }
}

/** A sandbox with a CronJob and one of its pods, and the doctor on the command line. */
async function ward(t: Test, options: SandboxOptions = {}) {
  const { sandbox } = await clinic(t, options)
  addCronJob(sandbox, 'backup')
  sandbox.addPod(podOf('backup-1', 'backup-1-x'))
  const file = join(folder(t), 'config')
  await writeFile(file, sandbox.kubeconfig)
  return { sandbox, doctor: (...args: readonly string[]) => run(['--kubeconfig', file, ...args]) }
}

t.test('doctor prints a page for people or one object a line, and ends with 0 whatever it found', async t => {
  const { doctor, sandbox } = await ward(t)
  const page = await doctor('-n', 'shop')
  t.match(page, { code: 0, stderr: '', stdout: /^Cluster\n[^]*\nSidecars that are not native\n[^]*CronJob backup +proxy[^]*\nAdmission\n/ })
  t.notMatch(page.stdout, '\u001b', 'no colour where there is no terminal')
  const { code, stdout } = await doctor('-A', '-o', 'json')
  const kinds = stdout.trimEnd().split('\n').map(line => Object(JSON.parse(line)).kind) // prettier-ignore
  t.equal(code, 0)
  t.strictSame([...new Set(kinds)], ['cluster', 'sidecar', 'right', 'admission', 'summary'])
  t.strictSame(sandbox.changes(), [])
})

t.test('doctor without -n or -A looks at the namespace of the kubeconfig', async t => {
  const { doctor } = await ward(t)
  t.match(await doctor(), {
    code: 0,
    stdout: /\n0 pods, 0 Jobs and 0 CronJobs looked at\.\nSidecar-reaper is no longer needed here, in what could be read/,
  })
})

t.test('doctor ends with 1 where part of the scope is forbidden, and says which', async t => {
  const { doctor } = await ward(t, { denied: [{ resource: 'cronjobs' }] })
  t.match(await doctor('-n', 'shop'), { code: 1, stdout: /warning: Not every one of the cronjobs could be read: [^\n]*needs verb list/ })
})

t.test('doctor ends with 3 where nothing may be read, or nobody answers', async t => {
  const { doctor, sandbox } = await ward(t, { denied: ['pods', 'jobs', 'cronjobs'].map(resource => ({ resource })) })
  t.match(await doctor('-n', 'shop'), { code: 3, stdout: '', stderr: /^error: Cannot list pods in namespace shop: [^\n]*\n$/ })
  await sandbox.close()
  t.match(await doctor('-n', 'shop'), { code: 3, stdout: '', stderr: /^error: [^\n]*\n$/ })
})

t.test('doctor asks for the rights of another as that one, and reads all else itself', async t => {
  const { doctor, sandbox } = await ward(t)
  const as = 'system:serviceaccount:reaper:reaper'
  t.match(await doctor('-n', 'shop', '--as', as), {
    code: 0,
    stdout: /\nWhat system:serviceaccount:reaper:reaper may do, of what a sweep needs\n/,
  })
  const acted = sandbox.requests
    .filter(({ headers }) => headers['impersonate-user'] === as)
    .map(({ verb, resource }) => `${verb} ${resource}`)
  t.strictSame([...new Set(acted)], ['create selfsubjectaccessreviews', 'patch pods'])
})

t.test('readConfig() of doctor takes the flags of sweep that choose what to look at', async t => {
  const surroundings = { env: {}, stdout: {}, stderr: {} }
  t.match(await readConfig(['doctor'], surroundings), {
    command: 'doctor',
    scope: { kind: 'current' },
    as: undefined,
    output: { format: 'text' },
  })
  t.match(await readConfig(['doctor', '-A', '--as', 'me', '--context', 'c'], surroundings), {
    scope: { kind: 'all' },
    as: 'me',
    access: { context: 'c' },
  })
  for (const [args, problem] of [
    [['-A', '-n', 'shop'], 'error: -n names one namespace and -A asks for all: use one of them'],
    [['--as', ''], 'error: --as names nobody'],
    [
      ['--as', 'system:serviceaccount:reaper'],
      'error: --as "system:serviceaccount:reaper" is no ServiceAccount: expected system:serviceaccount:NAMESPACE:NAME',
    ],
    [['-n', ''], 'error: -n "" is not a namespace\'s name: lower-case letters, digits and -'],
  ] as const) {
    const error: unknown = await readConfig(['doctor', ...args], surroundings).catch((error: unknown) => error)
    t.ok(error instanceof UsageError)
    t.equal(error instanceof UsageError && error.problems[0], problem)
  }
})
