/** The stuck Jobs of the README, for real but for the kubelet: a sandbox with the Kubernetes API on 127.0.0.1, and the built `sidecar-reaper sweep` against it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Behaviours } from './sandbox/behaviour.ts'
import { jobManifest, type JobOptions } from './sandbox/manifests.ts'
import { startSandbox, type Sandbox } from './sandbox/sandbox.ts'

const NAMESPACE = 'shop'
const CLI = fileURLToPath(new URL('../dist/sidecar-reaper.mjs', import.meta.url))

const annotated = { 'sidecar-reaper/sidecars': 'proxy' }
const done = { exitAfterMs: 200 }

/** Each Job with what its containers do, and what is remarkable about it. */
const JOBS: readonly { readonly job: JobOptions; readonly does: Behaviours; readonly about: string }[] = [
  {
    job: { name: 'invoice', annotations: annotated },
    does: { main: done, proxy: { on: { TERM: { exit: 143 } } } },
    about: 'its proxy exits 143 when it is told to end: told by hand, the Job would run the main again',
  },
  {
    job: { name: 'export', annotations: annotated },
    does: { main: done, proxy: {} },
    about: 'its proxy is deaf to SIGTERM, as PID 1 without a handler is',
  },
  {
    job: { name: 'import', annotations: annotated, restartPolicy: 'OnFailure' },
    does: { main: done, proxy: { exitAfterMs: 50, exit: 1 } },
    about: 'its proxy crashes again and again, which keeps the pod running for ever',
  },
  {
    job: { name: 'migrate', annotations: annotated },
    does: { main: { exitAfterMs: 600_000 }, proxy: {} },
    about: 'its main still runs: nobody may touch its proxy',
  },
]

// As long between two crashes as a kubelet makes it, so that what is shown is still so.
await using sandbox = await startSandbox({ timings: { backOffMs: 10_000 } })
sandbox.addNamespace(NAMESPACE)
for (const { job, does } of JOBS) sandbox.addJob(jobManifest({ namespace: NAMESPACE, ...job }), { behaviours: does })
await sandbox.waitFor(() => JOBS.every(({ job, does }) => does['main'] !== done || hasFinishedMain(sandbox, job.name ?? '')))
await sandbox.waitFor(() => stateOf(sandbox, 'import', 'proxy') === 'CrashLoopBackOff')

say('Four Jobs. The mains of three have finished; their sidecars have not, so the Jobs never will:')
for (const { job, about } of JOBS) say(`  ${(job.name ?? '').padEnd(8)} ${about}`)
say('')
show(sandbox)

const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-'))
const kubeconfig = join(folder, 'kubeconfig')
await writeFile(kubeconfig, sandbox.kubeconfig)
say(`\n> sidecar-reaper sweep -n ${NAMESPACE}`)
const sweep = spawn(process.execPath, [CLI, 'sweep', '-n', NAMESPACE, '--kubeconfig', kubeconfig], { stdio: 'inherit' })
const [code] = await once(sweep, 'exit')
await rm(folder, { recursive: true })

await sandbox.waitFor(() => isComplete(sandbox, 'invoice') && isComplete(sandbox, 'export') && isComplete(sandbox, 'import'))
say('')
show(sandbox)
process.exitCode = Number(code)

function show(sandbox: Sandbox): void {
  say('JOB       STATUS     PODS  MAIN       PROXY')
  for (const { job } of JOBS) {
    const name = job.name ?? ''
    const pods = sandbox.podsOf(NAMESPACE, name)
    const states = ['main', 'proxy'].map(container => stateOf(sandbox, name, container))
    say(
      [
        name.padEnd(9),
        (isComplete(sandbox, name) ? 'Complete' : 'Running').padEnd(10),
        String(pods.length).padEnd(5),
        ...states.map(text => text.padEnd(10)),
      ]
        .join(' ')
        .trimEnd(),
    )
  }
}

/** Of the container in the Job's newest pod. */
function stateOf(sandbox: Sandbox, job: string, container: string): string {
  const pod = sandbox.podsOf(NAMESPACE, job).at(-1)
  const state = pod?.status.containerStatuses?.find(({ name }) => name === container)?.state
  if (state?.terminated) return `exited ${state.terminated.exitCode}`
  return state?.waiting ? (state.waiting.reason ?? 'waiting') : 'running'
}

function hasFinishedMain(sandbox: Sandbox, job: string): boolean {
  const [pod] = sandbox.podsOf(NAMESPACE, job)
  return pod?.status.containerStatuses?.some(({ name, state }) => name === 'main' && state?.terminated !== undefined) ?? false
}

function isComplete(sandbox: Sandbox, job: string): boolean {
  return sandbox.job(NAMESPACE, job)?.status.completionTime !== undefined
}

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}
