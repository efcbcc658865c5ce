import { setTimeout as sleep } from 'node:timers/promises'
import { ask } from '../../harness/api.ts'
import { eventually } from '../../harness/eventually.ts'
import { equal } from '../comparison.ts'
import { jobState } from '../evidence.ts'
import { hasEnded } from '../../harness/objects.ts'
import type { Fields } from '../../harness/manifests.ts'
import { jobOf, listed, main, missingImage, sidecar, templateOf, willExit } from '../containers.ts'
import { latest } from '../history.ts'
import { always, by, completedOrTold, ended, kept, times, type Row } from '../row.ts'

const onFailure = { restartPolicy: 'OnFailure' }
const dirty = { main: 'start exit 0', sidecar: 'start TERM exit 143' }
const containerRules = {
  kubernetes: '1.34.4',
  why: 'restartPolicy and restartPolicyRules of a container came with Kubernetes 1.34',
} as const
const podWideRules = { kubernetes: '1.36.3', why: 'the action RestartAllContainers came with Kubernetes 1.35' } as const

function rule(action: string, ...values: number[]): Fields {
  return { restartPolicy: 'Never', restartPolicyRules: [{ action, exitCodes: { operator: 'In', values } }] }
}

/** Ends that make a Job worse, and containers that the kubelet or the Job starts again: what the way `complete` is for. */
export const restarts: readonly Row[] = [
  {
    title: 'exit 143 under Never',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', { TERM: '143' })], { annotations: listed })],
    isSlow: true,
    expect: {
      ...by(completedOrTold, dirty),
      // Nobody knew the exit code, so it was tried, and the main ran twice for nothing.
      signal: ended(
        'signal',
        { main: 'start exit 0 | start exit 0', sidecar: 'start TERM exit 143 | start TERM exit 143' },
        {
          job: 'Failed',
          outcomes: ['ended by signal', 'ended by signal'],
        },
      ),
    },
  },
  {
    title: 'exit 143 under Never, exit code known',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', { TERM: '143' })], { annotations: { ...listed, ...willExit(143) } })],
    expect: { ...by(completedOrTold, dirty), signal: kept('refuse dirty-exit') },
  },
  {
    title: 'exit 143 under Never, exit code known, onDirtyExit end',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '143' })], {
        annotations: { ...listed, ...willExit(143) },
        spec: { backoffLimit: 0 },
      }),
    ],
    settings: { onDirtyExit: 'end' },
    expect: { ...by(completedOrTold, dirty), signal: ended('signal', dirty, { job: 'Failed' }) },
  },
  {
    title: 'exit 143 under Never, backoffLimit 0',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', { TERM: '143' })], { annotations: listed, spec: { backoffLimit: 0 } })],
    expect: { ...by(completedOrTold, dirty), signal: ended('signal', dirty, { job: 'Failed' }) },
  },
  {
    title: 'exit 143 under OnFailure',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '143' })], { annotations: listed, pod: onFailure, spec: { backoffLimit: 6 } }),
    ],
    settings: { podDeadline: '20s' },
    expect: {
      ...by(completedOrTold, dirty),
      // Tried once; then everybody knows.
      signal: kept(
        'refuse unknown-exit',
        { main: 'start exit 0', sidecar: 'start TERM exit 143 start' },
        {
          outcomes: ['failed'],
          tried: [/^signal sidecar: it ended, and the kubelet starts it again/],
          calls: { claims: 1, execs: 1 },
        },
      ),
    },
  },
  {
    title: 'exit 143 under OnFailure, backoffLimit 0',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '143' })], { annotations: listed, pod: onFailure, spec: { backoffLimit: 0 } }),
    ],
    expect: {
      ...by(completedOrTold, dirty),
      // The restart was one too many for the Job, which then ended the pod itself.
      signal: ended(
        'signal',
        { main: 'start exit 0', sidecar: /^start TERM exit 143( start( TERM exit 143)?)?$/ },
        {
          job: 'Failed',
          outcomes: ['failed'],
          tried: [/^signal sidecar: it ended, and the kubelet starts it again/],
          calls: { claims: 1, execs: 1 },
          verdict: /./,
        },
      ),
    },
  },
  {
    title: 'a sidecar that crash-loops under OnFailure',
    objects: place => [
      jobOf(place, [main('main', { after: 1 }), sidecar('sidecar', {}, { exit: 1 })], {
        annotations: listed,
        pod: onFailure,
        spec: { backoffLimit: 50 },
      }),
    ],
    expect: {
      ...by(
        completedOrTold,
        { main: 'start exit 0', sidecar: /^start exit 1( start exit 1)*$/ },
        { states: { sidecar: 'CrashLoopBackOff' } },
      ),
      signal: kept('refuse cannot-be-told', { main: 'start exit 0', sidecar: /^start exit 1( start exit 1)*$/ }),
    },
  },
  {
    title: 'a sidecar whose image cannot be pulled',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', {}, {}, missingImage)], { annotations: listed })],
    expect: {
      ...by(completedOrTold, { main: 'start exit 0' }, { states: { sidecar: '137' } }),
      signal: kept('refuse cannot-be-told', { main: 'start exit 0' }, { states: { sidecar: 'ErrImageNeverPull' } }),
    },
  },
  {
    title: 'a restart rule of the main',
    objects: place => [jobOf(place, [main('main', { failTimes: 1 }, rule('Restart', 1)), sidecar()], { annotations: listed })],
    needs: containerRules,
    seconds: 80,
    expect: by(completedOrTold, { main: 'start exit 1 start exit 0', sidecar: 'start TERM exit 0' }),
  },
  {
    title: 'a sidecar with restartPolicy OnFailure of its own, exit 143',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '143' }, {}, onFailure)], { annotations: listed, spec: { backoffLimit: 6 } }),
    ],
    needs: containerRules,
    settings: { podDeadline: '20s' },
    expect: {
      ...by(completedOrTold, dirty),
      signal: kept(
        'refuse unknown-exit',
        { main: 'start exit 0', sidecar: 'start TERM exit 143 start' },
        {
          outcomes: ['failed'],
          tried: [/^signal sidecar: it ended, and the kubelet starts it again/],
          calls: { claims: 1, execs: 1 },
        },
      ),
    },
  },
  {
    title: 'a sidecar with restartPolicy Always of its own',
    objects: place => [jobOf(place, [main(), sidecar('sidecar', {}, {}, { restartPolicy: 'Always' })], { annotations: listed })],
    needs: containerRules,
    expect: { ...by(completedOrTold), signal: kept('refuse dirty-exit') },
  },
  {
    title: 'a restart rule of the sidecar for its exit 143',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '143' }, {}, rule('Restart', 143))], {
        annotations: { ...listed, ...willExit(143) },
      }),
    ],
    needs: containerRules,
    expect: { ...by(completedOrTold, dirty), signal: kept('refuse dirty-exit') },
  },
  {
    title: 'RestartAllContainers on the sidecar’s exit 143',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '143' }, {}, rule('RestartAllContainers', 143))], { annotations: listed }),
    ],
    needs: podWideRules,
    expect: { ...by(completedOrTold, dirty), signal: kept('wait restart-rule') },
  },
  {
    title: 'RestartAllContainers on the main’s exit 1',
    objects: place => [jobOf(place, [main('main', { failTimes: 1 }, rule('RestartAllContainers', 1)), sidecar()], { annotations: listed })],
    needs: podWideRules,
    seconds: 80,
    mains: [], // the kubelet tells the sidecar to end before it restarts it
    expect: {
      ...by(completedOrTold, { main: 'start exit 1 start exit 0', sidecar: /^start( TERM exit 0)? start TERM exit 0$/ }),
      signal: kept('wait restart-rule', { main: 'start exit 1 start exit 0', sidecar: /^start( TERM exit 0)? start$/ }),
    },
  },
  {
    title: 'a CronJob with concurrencyPolicy Forbid runs again',
    objects: ({ name, directory }) => {
      const template = templateOf(directory, [main(), sidecar()], { annotations: listed })
      const jobTemplate = { spec: { backoffLimit: 1, template } }
      const spec = { schedule: '* * * * *', concurrencyPolicy: 'Forbid', jobTemplate }
      return [{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name }, spec }]
    },
    seconds: 150,
    expect: times(2, by(completedOrTold)),
    async during({ api, jobs, namespace, name }) {
      await eventually(
        'it has run twice',
        async () => jobs(),
        found => found.length > 1,
        { deadlineMs: 150_000 },
      )
      const path = `/apis/batch/v1/namespaces/${namespace}/cronjobs/${name}`
      await ask(api, path, { method: 'PATCH', contentType: 'application/merge-patch+json', body: { spec: { suspend: true } } })
    },
    check: ({ jobs }) => [
      equal(
        'both of its Jobs are Complete',
        ['Complete', 'Complete'],
        jobs.map(job => jobState({ jobs: [job] })),
      ),
    ],
  },
  {
    title: 'a pod that is being deleted',
    objects: place => [
      jobOf(place, [main(), sidecar('sidecar', { TERM: '0:15' })], {
        annotations: { ...listed, 'sidecar-reaper/settle': '30s' }, // longer than a sweep waits: the next one is to see the deletion
        pod: { terminationGracePeriodSeconds: 25 },
      }),
    ],
    mains: [], // it is the kubelet that tells
    async during({ api, until, namespace, name }) {
      await until('the main has ended', ([pod]) => pod !== undefined && hasEnded(latest(pod), 'main'))
      await api(`/apis/batch/v1/namespaces/${namespace}/jobs/${name}`, { method: 'DELETE', body: { propagationPolicy: 'Background' } })
      await sleep(1000)
    },
    expect: always(kept('leave deleting', { main: 'start exit 0', sidecar: 'start TERM exit 0' }, { job: 'gone' })),
  },
]
