import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { load } from 'js-yaml'
import { equipped, job, type Fields } from './harness/manifests.ts'
import { exitCodes, hasCondition, type Pod } from './harness/objects.ts'
import { openWorld } from './harness/world.ts'

// Jobs that the KRM function patched complete on a real kubelet with no reaper at all, and their mains run once.

const world = await openWorld()
t.setTimeout(300_000)

const program = fileURLToPath(new URL('../../dist/sidecar-reaper.mjs', import.meta.url))

/** The manifest as the function gives it back. */
function patched(manifest: Fields, spec: Fields): object {
  const functionConfig = { apiVersion: 'sidecar-reaper.dev/v1alpha1', kind: 'SidecarReaper', spec }
  const input = JSON.stringify({ apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', functionConfig, items: [manifest] })
  const { stdout, stderr, status } = spawnSync(process.execPath, [program, 'fn'], { input, encoding: 'utf8' })
  if (status !== 0) throw new Error(`fn failed: ${stderr}`)
  const [item] = (load(stdout) as { items: object[] }).items // a ResourceList
  if (item === undefined) throw new Error('fn gave nothing back')
  return item
}

const LISTED = { metadata: { annotations: { 'sidecar-reaper/sidecars': 'sidecar' } } }
/** With a command, which a wrapper has to know. */
const told = (name: string, behaviour: Parameters<typeof equipped>[1]) => equipped(name, behaviour, { command: ['/actor'] })
const main = told('main', { exit: 0, after: 1 })
const dirty = told('sidecar', { on: { TERM: '143' } })
const deaf = told('sidecar', { on: { TERM: 'ignore' } })

interface Case {
  readonly spec: Fields
  readonly containers: readonly Fields[]
  readonly pod?: Fields
  /** Of all the pod's containers at the end. */
  readonly exits: Readonly<Record<string, number>>
  /** How often each was started again. */
  readonly restarts?: Readonly<Record<string, number>>
}

const NATIVE = { native: { minKubeletVersion: '1.29' } }
/** The init container that brings the wrapper. */
const copied = { 'sidecar-reaper': 0 }
const TOMBSTONE = { tombstone: { image: 'sidecar-reaper.test/busybox:1' } }

const CASES: Readonly<Record<string, Case>> = {
  'native, a sidecar that exits 143': { spec: NATIVE, containers: [main, dirty], exits: { main: 0, sidecar: 143 } },
  'native, the sidecar first, OnFailure': {
    spec: NATIVE,
    containers: [dirty, main],
    pod: { restartPolicy: 'OnFailure' },
    exits: { main: 0, sidecar: 143 },
  },
  'tombstone, a sidecar that exits 143': { spec: TOMBSTONE, containers: [main, dirty], exits: { main: 0, sidecar: 0, ...copied } },
  'tombstone, a sidecar deaf to TERM': {
    spec: TOMBSTONE,
    containers: [main, deaf],
    pod: { terminationGracePeriodSeconds: 3 },
    exits: { main: 0, sidecar: 0, ...copied },
  },
  'tombstone, a main that fails once under OnFailure': {
    spec: TOMBSTONE,
    containers: [told('main', { failTimes: 1, after: 1 }), dirty],
    pod: { restartPolicy: 'OnFailure' },
    exits: { main: 0, sidecar: 0, ...copied },
    restarts: { main: 1, sidecar: 0 },
  },
  'tombstone, two mains of which one is slow': {
    spec: TOMBSTONE,
    containers: [main, told('slow', { exit: 0, after: 3 }), dirty],
    exits: { main: 0, slow: 0, sidecar: 0, ...copied },
  },
}

for (const [title, { spec, containers, pod = {}, exits, restarts = {} }] of Object.entries(CASES)) {
  t.test(title, async t => {
    await using scenario = await world.scenario('patched')
    await scenario.apply(patched(job('backup', scenario.directory, containers, { ...LISTED, ...pod }, { backoffLimit: 3 }), spec))
    await scenario.finished('backup', { deadlineMs: 90_000 })
    t.ok(hasCondition(await scenario.job('backup'), 'Complete'), 'the Job is Complete')
    const pods = await scenario.pods('backup')
    t.equal(pods.length, 1, 'with one pod')
    for (const one of pods) endedAs(t, one, exits, restarts)
  })
}

function endedAs(t: Test, pod: Pod, exits: Case['exits'], restarts: Readonly<Record<string, number>>): void {
  t.equal(pod.status.phase, 'Succeeded')
  t.strictSame(exitCodes(pod), exits, 'each exited as expected')
  const counted = (pod.status.containerStatuses ?? []).map(({ name, restartCount }) => [name, restartCount])
  t.match(Object.fromEntries(counted), { main: 0, ...restarts }, 'each ran as often as expected')
}
