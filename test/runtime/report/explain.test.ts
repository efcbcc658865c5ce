import t from 'tap'
import type { Pod } from '../../../runtime/pod.ts'
import { type Explained, explainText } from '../../../runtime/report/explain.ts'
import { painter } from '../../../runtime/report/style.ts'
import { defaultSettings } from '../../../runtime/settings.ts'
import { container, verdict } from './builders.ts'

const now = new Date('2026-11-24T12:00:00Z')
const hashes = { wasm: 'a'.repeat(64), catalogue: 'b'.repeat(64), settings: 'c'.repeat(64) }

const pod: Pod = {
  metadata: { name: 'backup-1', namespace: 'batch', labels: { 'batch.kubernetes.io/job-name': 'backup' } },
  spec: { restartPolicy: 'Never', nodeName: 'n1' },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'main', state: { terminated: { exitCode: 0, finishedAt: '2026-11-24T11:58:00Z' } } },
      { name: 'proxy', state: { running: { startedAt: '2026-11-24T11:00:00Z' } } },
    ],
  },
}
const main = container({ name: 'main', role: 'main', why: 'no rule names it', state: 'terminated', left_over: false })

function page(given: Partial<Explained>): string {
  return explainText(
    { pod, verdict: verdict(), now, isAlone: false, ...given },
    { paint: painter(false), settings: defaultSettings(), hashes },
  )
}

t.test('explainText() is a page with everything behind a verdict', async t => {
  t.equal(
    page({ verdict: verdict({ containers: [main, container()] }) }),
    `  Pod:             batch/backup-1
  Owner:           Job backup
  Phase:           Running
  Restart policy:  Never
  Node:            n1

Verdict
  Decision:        end, left-over
  Because:         the mains succeeded, proxy left over
  Earned:          Succeeded
  After:           Succeeded, as its mains deserve

Containers
  NAME    ROLE      STATE             LEFT OVER   WHY
  main    main      exited 0 2m ago   -           no rule names it
  proxy   sidecar   running for 1h    yes         a sidecar by sidecar-reaper/sidecars

Ways, in order
  1. complete the pod as Succeeded: first, because the kubelet then ends all that is left and no exit code counts any more
  2. proxy: no way of its own

Judged by
  Policy:          sha256 aaaaaaaaaaaa
  Catalogue:       sha256 bbbbbbbbbbbb
  Settings:        sha256 cccccccccccc, mode annotated
`,
  )
})

t.test('explainText() of a pod that waits says for what and until when, and shows no ways', async t => {
  const waiting = verdict({
    decision: 'wait',
    reason: 'settling',
    message: 'the settle delay of 2 s is not over',
    earned: null,
    after: null,
    again: now.getTime() / 1000 + 90,
  })
  const text = page({ verdict: waiting })
  t.match(
    text,
    'Decision:        wait, settling\n  Because:         the settle delay of 2 s is not over\n  Earned:          nothing yet: the mains have not finished for good\n  Judge again:     in 90s\n',
  )
  t.notMatch(text, 'Ways')
  t.match(page({ verdict: { ...waiting, again: 0 } }), 'Judge again:     now\n')
})

t.test('explainText() says when the end is not what the mains deserve, and when it is only reported', async t => {
  t.match(
    page({ verdict: verdict({ after: 'Failed', report: true }) }),
    /end, left-over; only reported, as the setting mode asks\n[^]*After: +Failed, which its mains do not deserve\n/,
  )
  t.match(page({ verdict: verdict({ after: 'Unknown' }) }), "After:           Unknown: it depends on a sidecar's exit code\n")
  t.match(page({ verdict: verdict({ after: 'Running' }) }), 'After:           Running: a container would be restarted\n')
})

t.test('explainText() bears a pod with nothing in it, and escapes a hostile one', async t => {
  t.match(
    page({ pod: {}, verdict: verdict({ decision: 'leave', containers: [] }) }),
    /^ {2}Pod: +no namespace\/no name\n {2}Owner: +nobody: a bare pod\n {2}Phase: +none: no status yet\n {2}Restart policy: +Always\n {2}Node: +none yet\n/,
  )
  const evil = '\x1b[2J'
  const hostile = {
    metadata: { name: evil, namespace: evil, ownerReferences: [{ kind: evil, name: evil }] },
    spec: { restartPolicy: evil, nodeName: evil },
    status: { phase: evil },
  }
  const warned = verdict({
    message: evil,
    reason: evil,
    containers: [container({ name: evil, why: evil, ways: [{ way: 'exec', argv: [evil], exit: null }] })],
    warnings: [{ code: 'x', message: evil, container: evil }],
  })
  t.notMatch(page({ pod: hostile, verdict: warned }), evil)
})
