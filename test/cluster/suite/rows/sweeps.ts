import { setTimeout as sleep } from 'node:timers/promises'
import { eventually } from '../../harness/eventually.ts'
import { hasEnded, type Pod } from '../../harness/objects.ts'
import { equal, type Check } from '../comparison.ts'
import { jobOf, listed, main, podOf, sidecar, willExit } from '../containers.ts'
import { deafProxy } from '../deaf-proxy.ts'
import { latest } from '../history.ts'
import { by, completedOrTold, ended, kept, toldOrCompleted, type Expectation, type Row } from '../row.ts'
import type { Stage } from '../stage.ts'

const settleMs = 2000

/** Long enough that a busy machine has seen the main's end, begun a sweep and deleted the pod before it is over. */
const replacementSettle = '13s'

/** Sweeps that meet each other, are cut short, only look, or may not do all. */
export const sweeps: readonly Row[] = [
  {
    title: 'three sweeps at once',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', { TERM: '0:2' })], { annotations: listed })],
    async script(stage) {
      await leftOver(stage, settleMs)
      await Promise.all([1, 2, 3].map(() => stage.sweep().done))
    },
    expect: by(completedOrTold, undefined, { verdict: /end left-over|wait claimed/ }),
  },
  {
    title: 'three sweeps at once, exit code 0 known',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', { TERM: '0:2' })], { annotations: { ...listed, ...willExit(0) } })],
    async script(stage) {
      await leftOver(stage, settleMs)
      await Promise.all([1, 2, 3].map(() => stage.sweep().done))
    },
    expect: by(toldOrCompleted, undefined, { verdict: /end left-over|wait claimed/ }),
  },
  {
    title: 'the Job’s pod is replaced while the sweep waits for it to settle',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '143' })], {
        annotations: { ...listed, 'sidecar-reaper/settle': replacementSettle },
      }),
    ],
    settle: Number.parseInt(replacementSettle, 10),
    seconds: 100,
    mains: [], // the first pod's sidecar is told by the kubelet
    script: replacedWhileSwept,
    expect: { all: ended('complete', replacedStories('143')), complete: ended('complete', replacedStories('143')) },
  },
  {
    title: 'a bare pod is replaced by one of the same name while the sweep waits for it to settle',
    objects: place => [longSettled(place)],
    settings: { owners: ['any'] },
    settle: Number.parseInt(replacementSettle, 10),
    seconds: 100,
    mains: [],
    async script(stage) {
      const { apply, until } = stage
      await replacedWhileSwept(stage, async () => {
        await until('the first is gone', ([first]) => first?.isGone === true)
        await apply(longSettled(stage))
      })
    },
    expect: {
      all: ended('complete', replacedStories('0'), { job: 'none' }),
      complete: ended('complete', replacedStories('0'), { job: 'none' }),
      signal: ended('signal', replacedStories('0'), { job: 'none', calls: { execs: 1 } }),
    },
  },
  {
    title: 'a sweep is killed between its claim and its exec',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: { ...listed, ...willExit(0) } })],
    settings: { podDeadline: '15s' },
    async script(stage) {
      await leftOver(stage, settleMs)
      using proxy = await deafProxy(stage)
      await killedOnceAnnotated(stage, 'sidecar-reaper/claim', proxy.kubeconfig)
    },
    expect: { all: ended('complete', undefined, { calls: { claims: 1 } }), signal: ended('signal', undefined, { calls: { claims: 2 } }) },
    check: ({ verdicts }): Check[] => [
      equal(
        'the next sweeps wait for it',
        true,
        verdicts.some(({ reason }) => reason === 'claimed'),
      ),
    ],
  },
  {
    title: 'a sweep is killed right after it completed the pod',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', { TERM: '143:2' })], { annotations: listed })],
    async script(stage) {
      await leftOver(stage, settleMs)
      await killedOnceAnnotated(stage, 'sidecar-reaper/completed')
    },
    expect: { all: killedAfterCompletion(), complete: killedAfterCompletion() },
  },
  {
    title: 'a sweep is interrupted while a sidecar drains',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '0:5' })], { annotations: listed, pod: { terminationGracePeriodSeconds: 10 } }),
    ],
    async script(stage) {
      await leftOver(stage, settleMs)
      const { process, done } = stage.sweep()
      await stage.until('the sidecar is told', ([pod]) => {
        return pod !== undefined && stage.story('sidecar').includes('TERM') && isAsItWasLeft(latest(pod))
      })
      process.kill('SIGINT')
      const { exit } = await done
      if (exit !== 130) throw new Error(`The sweep ended with ${exit}, expected 130 after Ctrl-C`)
    },
    // A completed pod is ended, whatever its containers still do; one that was told is claimed, and the next sweep looks.
    expect: {
      ...by(completedOrTold, undefined, { limits: [/interrupted/], events: [] }),
      signal: ended('signal', undefined, {
        outcomes: ['abandoned'],
        verdict: /end left-over|wait claimed/,
        limits: [/interrupted/],
        events: [],
      }),
    },
  },
  {
    title: 'a dry run',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed })],
    isSwept: false,
    async script(stage) {
      await leftOver(stage, settleMs + 2000)
      const before = versions(stage)
      await stage.sweep({ flags: ['--dry-run'] }).done
      await sleep(1000)
      if (versions(stage) !== before)
        throw new Error(`The dry run changed the pod: resourceVersion ${versions(stage)}, before it ${before}`)
    },
    expect: {
      all: kept('end left-over', undefined, { outcomes: ['reported'], events: [] }),
      signal: kept('end left-over', undefined, { outcomes: ['reported'], events: [] }),
      complete: kept('end left-over', undefined, { outcomes: ['reported'], events: [] }),
    },
  },
  {
    title: 'no right to patch pods/status',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed })],
    rights: 'no pods/status',
    expect: {
      all: forbidden(),
      complete: forbidden(),
      signal: ended('signal', undefined, { calls: { claims: 0 }, limits: [/pods\/status/] }),
    },
  },
  {
    title: 'no right to patch pods/status, exit code 0 known',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: { ...listed, ...willExit(0) } })],
    rights: 'no pods/status',
    isSlow: true,
    expect: { all: ended('signal', undefined, { calls: { claims: 0 }, limits: [/pods\/status/] }) },
  },
  {
    title: 'no right to read namespaces and nodes',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed })],
    rights: 'no namespaces and nodes',
    expect: by(completedOrTold, undefined, { limits: [/cannot list resource "nodes"/, /cannot list resource "namespaces"/] }),
  },
  {
    title: 'no right to write Events',
    objects: place => [jobOf(place, [main(), sidecar()], { annotations: listed })],
    rights: 'no events',
    expect: by(completedOrTold, undefined, { events: [], limits: [/events/] }),
  },
]

/** Resolves when the main has ended for so long. */
async function leftOver({ until }: Stage, milliseconds: number): Promise<void> {
  await until('the main has ended', ([pod]) => pod !== undefined && hasEnded(latest(pod), 'main'))
  await sleep(milliseconds + 1000)
}

/** The kubelet may take a completed phase back for a while, and an interrupted sweep tells what it sees then. */
function isAsItWasLeft({ metadata, status }: Pod): boolean {
  return metadata.annotations?.['sidecar-reaper/completed'] === undefined || status.phase === 'Succeeded'
}

async function replacedWhileSwept(stage: Stage, replace = async (): Promise<void> => {}): Promise<void> {
  const { api, namespace, until } = stage
  await until('the main has ended', ([pod]) => pod !== undefined && hasEnded(latest(pod), 'main'))
  const { name, uid } = first(stage).metadata
  using proxy = await deafProxy(stage)
  const { done } = stage.sweep({ kubeconfig: proxy.kubeconfig })
  await eventually(
    'the sweep has seen the pods',
    async () => proxy.answered,
    paths => paths.some(path => /\/pods\?(?!.*watch)/.test(path)),
  )
  await api(`/api/v1/namespaces/${namespace}/pods/${name}`, { method: 'DELETE', body: { gracePeriodSeconds: 0 } })
  await replace()
  const { records } = await done
  const said = records.filter(record => 'uid' in record && record.uid === uid)
  if (said.length === 0) throw new Error('The sweep never saw the pod that was replaced: it began too late')
  const outcome = said.find(record => record.kind === 'outcome')
  if (outcome) throw new Error(`The sweep ended a pod that was not there any more: ${JSON.stringify(outcome)}`)
}

function replacedStories(code: string): Expectation['stories'] {
  return { main: 'start exit 0 | start exit 0', sidecar: `start TERM exit ${code} | start TERM exit ${code}` }
}

function longSettled(place: Parameters<Row['objects']>[0]): object {
  return podOf(place, [main(), sidecar()], { annotations: { ...listed, 'sidecar-reaper/settle': replacementSettle } })
}

async function killedOnceAnnotated(stage: Stage, annotation: string, kubeconfig?: string): Promise<void> {
  const { process, done } = stage.sweep(kubeconfig === undefined ? {} : { kubeconfig })
  await stage.until(`${annotation} is set`, ([pod]) => pod !== undefined && latest(pod).metadata.annotations?.[annotation] !== undefined)
  process.kill('SIGKILL')
  await done
}

function killedAfterCompletion(): Expectation {
  const stories = { main: 'start exit 0', sidecar: 'start TERM exit 143' }
  return kept('end left-over', stories, { job: 'Complete', calls: { completions: 1 } })
}

function forbidden(): Expectation {
  return kept('end left-over', undefined, { outcomes: ['failed'], tried: [/^complete pod: .*pods\/status/] })
}

function first({ pods }: Stage): Pod {
  const [pod] = pods()
  if (!pod) throw new Error('There is no pod')
  return latest(pod)
}

function versions(stage: Stage): string {
  return first(stage).metadata.resourceVersion
}
