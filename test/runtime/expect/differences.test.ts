import t from 'tap'
import { reviewDifferences, verdictDifferences } from '../../../runtime/expect/differences.ts'
import type { ExpectedReview, ExpectedVerdict } from '../../../runtime/expect/schema.ts'
import type { Finding, Template } from '../../../runtime/review.ts'
import { containerOf, verdictOf } from '../subject.ts'

const main = containerOf({ name: 'main', role: 'main', left_over: false, ways: [], state: 'terminated' })
const VERDICT = verdictOf({ containers: [main, containerOf()], warnings: [{ code: 'clock-ahead', message: '', container: null }] })

t.test('verdictDifferences() takes what is not mentioned as it comes, and compares the rest', async t => {
  const cases: readonly (readonly [expected: ExpectedVerdict, differences: readonly string[]])[] = [
    [{ decision: 'end', reason: 'left-over', earned: 'Succeeded', complete: 'last', report: false }, []],
    [{ decision: 'wait', earned: null }, ['decision: expected wait, got end: the mains succeeded', 'earned: expected null, got Succeeded']],
    [{ mains: ['main'], sidecars: ['proxy'], leftOver: ['proxy'], warnings: ['clock-ahead'] }, []],
    [
      { mains: [], sidecars: ['main', 'proxy'], leftOver: ['main'] },
      ['mains: expected none, got main', 'sidecars: expected main, proxy, got proxy', 'leftOver: expected main, got proxy'],
    ],
    [{ warnings: [] }, ['warnings: expected none, got clock-ahead']],
    [{ ways: { proxy: ['signal'], main: [] } }, []],
    [{ ways: { proxy: [{ way: 'signal', signal: 'TERM', exit: 0 }] } }, []],
    [
      { ways: { proxy: [{ way: 'signal', signal: 'INT' }] } },
      ['ways.proxy: expected {"way":"signal","signal":"INT"}, got {"way":"signal","signal":"TERM","process":"pid1","exit":0}'],
    ],
    [{ ways: { proxy: ['exec', 'signal'] } }, [/^ways\.proxy: expected exec, signal, got \{/ as unknown as string]],
    [{ ways: { proxi: ['signal'] } }, ['ways.proxi: the pod has no such container']],
  ]
  for (const [expected, differences] of cases) t.match(verdictDifferences(expected, VERDICT), differences, JSON.stringify(expected))
  for (const [expected, differences] of cases) t.equal(verdictDifferences(expected, VERDICT).length, differences.length)
  const waiting = verdictOf({ decision: 'wait', containers: [containerOf({ ways: [] })] })
  t.strictSame(verdictDifferences({ ways: { proxy: ['exec'] } }, waiting), [
    'ways.proxy: expected exec, got none: only a pod that is ended has ways',
  ])
})

const finding = (rule: string, given: Partial<Finding> = {}): Finding => ({
  rule,
  severity: 'error',
  message: `about ${rule}`,
  container: null,
  path: [],
  fix: { text: '', patch: [] },
  docs: '',
  ...given,
})

t.test('reviewDifferences() wants every finding that is listed, and no other, in any order', async t => {
  const found = [finding('hangs', { container: 'a' }), finding('hangs', { container: 'b' }), finding('no-deadline', { severity: 'info' })]
  const differences = (findings: ExpectedReview['findings'], all: readonly Finding[] = found) =>
    reviewDifferences({ findings }, { findings: all, templates: [] })
  t.strictSame(differences(['no-deadline', 'hangs', 'hangs']), [])
  t.strictSame(differences(['hangs', { rule: 'hangs', container: 'a', message: 'about' }, { rule: 'no-deadline', severity: 'info' }]), [])
  t.strictSame(differences(['hangs', 'no-deadline']), ['findings: not expected: error hangs: about hangs'])
  t.strictSame(differences(['hangs', { rule: 'hangs', severity: 'warning' }, 'no-deadline']), [
    'findings: expected hangs (severity "warning"), not found',
    'findings: not expected: error hangs: about hangs',
  ])
  t.strictSame(differences([], []), [])
  const excepted = [finding('hangs', { exception: { reason: 'known', until: null } })]
  t.strictSame(differences([{ rule: 'hangs', excepted: true }], excepted), [])
  t.strictSame(differences(['hangs'], excepted), [
    'findings: expected hangs, not found',
    'findings: not expected: excepted error hangs: about hangs',
  ])
})

t.test('reviewDifferences() compares who is a sidecar, over all templates', async t => {
  const template = (...names: readonly (readonly [string, 'main' | 'sidecar'])[]) =>
    ({ containers: names.map(([name, role]) => ({ name, role })) }) as unknown as Template // as far as it is read
  const templates = [template(['a', 'main'], ['b', 'sidecar']), template(['c', 'main'])]
  t.strictSame(reviewDifferences({ mains: ['c', 'a'], sidecars: ['b'] }, { findings: [], templates }), [])
  t.strictSame(reviewDifferences({ sidecars: [] }, { findings: [], templates }), ['sidecars: expected none, got b'])
})
