import t from 'tap'
import type { SweepRecord } from '../../../runtime/outcome.ts'
import { painter } from '../../../runtime/report/style.ts'
import { textReport, type TextReportOptions } from '../../../runtime/report/text.ts'
import { container, outcome, summary, verdict } from './builders.ts'

function report(records: readonly SweepRecord[], options: Partial<TextReportOptions> = {}): string {
  const texts: string[] = []
  const { record, end } = textReport({
    write: text => texts.push(text),
    paint: painter(false),
    hasNamespaces: false,
    isDryRun: false,
    ...options,
  })
  for (const one of records) record(one)
  end()
  return texts.join('')
}

const pod = (name: string) => ({ pod: name, uid: name })

t.test('textReport() shows what became of each pod, and only counts those left alone', async t => {
  t.equal(
    report([
      verdict(),
      verdict({ ...pod('idle'), decision: 'leave', reason: 'no-sidecars', message: 'nothing calls a container a sidecar' }),
      verdict({ ...pod('busy'), decision: 'wait', reason: 'main-running', message: 'waiting for main worker' }),
      verdict({ ...pod('dirty'), decision: 'refuse', reason: 'dirty', message: 'every way left would fail the pod; allow complete' }),
      outcome(),
      summary({ pods: 4, ended: 1, refused: 1, waiting: 1, left: 1 }),
    ]),
    `POD        RESULT     WAY        MESSAGE
busy       waiting    -          waiting for main worker
dirty      refused    -          every way left would fail the pod; allow complete
backup-1   ended      complete   proxy exit 143 (1.3 s)
4 pods judged: 1 ended, 1 refused, 1 waiting, 1 left alone (not shown).
`,
  )
})

t.test('textReport() shows an outcome as soon as it is known, in columns for those to come', async t => {
  const texts: string[] = []
  const { record } = textReport({ write: text => texts.push(text), paint: painter(false), hasNamespaces: false, isDryRun: false })
  record(verdict({ ...pod('a') }))
  record(verdict({ ...pod('longer') }))
  record(outcome({ ...pod('a'), way: 'signal' }))
  t.strictSame(texts, ['POD      RESULT     WAY        MESSAGE\na        ended      signal     proxy exit 143 (1.3 s)\n'])
})

t.test('textReport() of all namespaces names them', async t => {
  t.match(
    report([verdict(), outcome(), summary({ pods: 1, ended: 1 })], { hasNamespaces: true }),
    /^NAMESPACE   POD .*\nbatch       backup-1 /,
  )
})

t.test('textReport() says which attempts failed, and why', async t => {
  const tried = [
    { way: 'signal', container: 'proxy', error: 'no sh in the image' },
    { way: 'complete', container: null, error: 'pods/status is forbidden' },
  ] as const
  const failed = outcome({ result: 'failed', way: null, tried, containers: [{ name: 'proxy', containerID: null, exit: null, way: null }] })
  t.match(
    report([verdict(), failed]),
    'failed     -          signal of proxy: no sh in the image, complete: pods/status is forbidden, proxy has no exit code (1.3 s)',
  )
  t.match(report([verdict(), outcome({ tried: tried.slice(0, 1) })]), 'proxy exit 143, after signal of proxy: no sh in the image (1.3 s)')
})

t.test('textReport() says of an ending that the pod came out otherwise than predicted', async t => {
  const dirty = outcome({ way: 'signal', phase: 'Failed', expected: 'Succeeded' })
  t.match(report([verdict(), dirty]), 'ended      signal     proxy exit 143, but the pod is Failed, not Succeeded (1.3 s)')
  t.match(report([verdict(), dirty], { paint: painter(true) }), '\x1b[31mended')
  const waited = outcome({ tried: [{ way: null, container: 'fuse', error: 'it did not end by itself within 1 s' }] })
  t.match(report([verdict(), waited]), 'after fuse: it did not end by itself within 1 s')
})

t.test('textReport() of a dry run says what would be done', async t => {
  const reported = outcome({ result: 'reported', way: null })
  const dryRun = (given: Parameters<typeof verdict>[0]) =>
    report([verdict(given), reported, summary({ pods: 1, reported: 1 })], { isDryRun: true })
  t.equal(
    dryRun({}),
    `POD        RESULT     WAY        MESSAGE
backup-1   reported   complete   would complete the pod as Succeeded
1 pod judged: 1 would be ended. Dry run: nothing was changed.
`,
  )
  const signal = { way: 'signal', signal: 'INT', process: 'pid1', exit: 0 } as const
  const exec = { way: 'exec', argv: ['agent', 'quit'], exit: 0 } as const
  const http = { way: 'http', method: 'POST', port: 15020, path: '/quit', exit: 0 } as const
  const containers = [
    container({ ways: [signal] }),
    container({ name: 'log', ways: [exec, signal] }),
    container({ name: 'mesh', ways: [http] }),
  ]
  t.match(
    dryRun({ complete: 'last', containers }),
    'would send INT to proxy, run agent quit in log, POST localhost:15020/quit in mesh; the pod becomes Succeeded',
  )
})

t.test('textReport() shows a pod that was not tried, and nothing of a sweep that broke off', async t => {
  t.match(
    report([verdict(), summary({ pods: 1, waiting: 1 })]),
    'backup-1   waiting    -          not tried in this sweep: the mains succeeded, proxy left over\n',
  )
  t.equal(report([]), '')
})

t.test('textReport() shows a pod once whose second verdict is not to end it', async t => {
  const claimed = verdict({ decision: 'wait', reason: 'claimed', message: 'another sweep has been ending proxy for 1 s' })
  const left = verdict({ ...pod('gone'), decision: 'leave', reason: 'already-finished', message: 'the pod is Succeeded' })
  const shown = report([verdict(), verdict(pod('gone')), claimed, left, summary({ pods: 2, waiting: 1, left: 1 })])
  t.match(shown, /^backup-1 +waiting +- +another sweep/m)
  t.equal(shown.match(/backup-1|gone/g)?.length, 1)
})

t.test('textReport() ends with what could not be seen and what is wrong with pods', async t => {
  const warnings = [{ code: 'name-without-container', message: 'names nope, but the pod has no such container', container: null }]
  const many = Array.from({ length: 22 }, (_, index) => verdict({ ...pod(`p${index}`), decision: 'leave', warnings }))
  const text = report([...many, summary({ pods: 22, left: 22, limits: ['namespaces are forbidden'] })])
  t.equal(text.match(/^warning: batch\/p\d+: names nope/gm)?.length, 20)
  t.match(
    text,
    'warning: 2 more about pods; -o json has them all\nwarning: namespaces are forbidden\n22 pods judged: 22 left alone (not shown).\n',
  )
})

t.test('textReport() says why a sweep stopped', async t => {
  const text = report([summary({ pods: 9, stopped: '5 of 9 endings came out otherwise than predicted' })])
  t.match(text, /^stopped: 5 of 9 endings came out otherwise than predicted\n9 pods judged\.\n$/)
})

t.test('textReport() escapes whatever a stranger wrote', async t => {
  const evil = '\x1b[2J\u202e'
  const text = report([
    verdict({ decision: 'wait', message: evil, warnings: [{ code: 'x', message: evil, container: null }] }),
    verdict({ uid: 'u2' }),
    outcome({
      uid: 'u2',
      result: 'failed',
      tried: [{ way: 'signal', container: evil, error: evil }],
      containers: [{ name: evil, containerID: null, exit: 1, way: null }],
    }),
    summary({ limits: [evil] }),
  ])
  t.notMatch(text, '\x1b')
  t.notMatch(text, '\u202e')
})
