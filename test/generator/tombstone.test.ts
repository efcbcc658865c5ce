import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { load } from 'js-yaml'
import { fn, golden, resourceList } from './fn-harness.ts'

// The rendered scripts, run by a real busybox: its folder is the only thing that is not as in a pod.

const BUSYBOX = ['/bin/busybox', '/usr/bin/busybox'].find(path => existsSync(path)) ?? 'no busybox'

interface Container {
  readonly name: string
  readonly command: readonly string[]
  readonly args: readonly string[]
}

async function containers(restartPolicy: string): Promise<readonly Container[]> {
  const input = ((await golden('tombstone', 'input.yaml')) ?? '').replace('OnFailure', restartPolicy).replace(': 20', ': 1')
  const { text } = await fn(resourceList(input, await golden('tombstone', 'config.yaml')))
  const list = load(text) as { items: [{ spec: { template: { spec: { containers: Container[] } } } }] } // our golden case
  return list.items[0].spec.template.spec.containers
}

/** A pod of two processes: what the main and the sidecar run in place of their programs. */
async function pod(t: Test, { main, sidecar, restartPolicy = 'Never' }: { main: string; sidecar: string; restartPolicy?: string }) {
  const folder = await mkdtemp(join(tmpdir(), 'sidecar-reaper-tombstone-'))
  await mkdir(join(folder, 'ended'))
  await copyFile(BUSYBOX, join(folder, 'busybox'))
  const [work, proxy] = await containers(restartPolicy)
  const run = (container: Container | undefined, program: string) => {
    const [command = '', ...words] = (container?.command ?? []).map(word => word.replaceAll('/sidecar-reaper', folder))
    return spawn(command, [...words, 'sh', '-c', program], { stdio: ['ignore', 'pipe', 'ignore'], detached: true })
  }
  const started = { sidecar: run(proxy, sidecar), main: run(work, main) }
  t.teardown(async () => {
    for (const child of Object.values(started)) endGroup(child)
    await rm(folder, { recursive: true })
  })
  return { ...started, restartMain: () => run(work, 'exit 0') }
}

/** With the end of its PID 1 a container's other processes end too. */
function endGroup({ pid, stdout }: ChildProcess): void {
  stdout?.destroy()
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // nothing is left of it
  }
}

async function exit(child: ChildProcess): Promise<number | null> {
  return child.exitCode ?? ((await once(child, 'exit')) as [number | null])[0]
}

t.test('a sidecar is told TERM when the main has ended, and exits with 0 whatever its program does', async t => {
  const { main, sidecar } = await pod(t, { main: 'exit 3', sidecar: 'trap "exit 143" TERM; while :; do sleep 0.1; done' })
  t.equal(await exit(main), 3, "the main's own code")
  t.equal(await exit(sidecar), 0)
})

t.test('a sidecar that is deaf to TERM is killed after the grace', async t => {
  const { main, sidecar } = await pod(t, { main: 'exit 0', sidecar: 'trap "" TERM; while :; do sleep 0.1; done' })
  t.equal(await exit(main), 0)
  t.equal(await exit(sidecar), 0)
})

t.test('a sidecar that ends by itself gives its own code', async t => {
  const { main, sidecar } = await pod(t, { main: 'while :; do sleep 0.1; done', sidecar: 'exit 7' })
  t.equal(await exit(sidecar), 7)
  t.equal(main.exitCode, null)
})

t.test('under OnFailure a main that failed has not ended: it will be started again', async t => {
  const { main, sidecar, restartMain } = await pod(t, {
    main: 'exit 1',
    sidecar: 'trap "exit 143" TERM; while :; do sleep 0.1; done',
    restartPolicy: 'OnFailure',
  })
  t.equal(await exit(main), 1)
  t.equal(sidecar.exitCode, null)
  t.equal(await exit(restartMain()), 0)
  t.equal(await exit(sidecar), 0)
})

t.test("TERM to the script is TERM to its program, and the program's code is the script's", async t => {
  const { main } = await pod(t, { main: 'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done', sidecar: 'sleep 60' })
  await once(main.stdout, 'data')
  main.kill('SIGTERM')
  t.equal(await exit(main), 5)
})
