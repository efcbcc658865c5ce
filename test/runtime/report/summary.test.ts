import t from 'tap'
import { summaryText } from '../../../runtime/report/summary.ts'
import { summary } from './builders.ts'

t.test('summaryText() names no count that is none', async t => {
  t.equal(summaryText(summary(), false), '0 pods judged.')
  t.equal(summaryText(summary({ pods: 3, failed: 3 }), false), '3 pods judged: 3 failed.')
  t.equal(summaryText(summary({ pods: 1, reported: 1 }), false), '1 pod judged: 1 reported only.')
})
