import t from 'tap'
import { mergePatch, strategicMergePatch } from './patch.ts'

t.test('mergePatch() sets, removes by null, merges deeply and replaces lists', async t => {
  const before = {
    metadata: { annotations: { a: '1', b: '2' } },
    status: { phase: 'Running', conditions: [{ type: 'Ready' }] },
  }
  const patch = {
    metadata: { annotations: { b: null, c: '3' } },
    status: { phase: 'Failed', conditions: [{ type: 'Other' }] },
  }
  t.strictSame(mergePatch(before, patch), {
    metadata: { annotations: { a: '1', c: '3' } },
    status: { phase: 'Failed', conditions: [{ type: 'Other' }] },
  })
})

t.test('strategicMergePatch() merges conditions by type and drops directives', async t => {
  const before = {
    conditions: [
      { type: 'Ready', status: 'True' },
      { type: 'Initialized', status: 'True' },
    ],
  }
  const patch = {
    '$setElementOrder/conditions': [],
    conditions: [
      { type: 'Ready', status: 'False' },
      { type: 'New', status: 'True' },
    ],
  }
  const conditions = [
    { type: 'Ready', status: 'False' },
    { type: 'Initialized', status: 'True' },
    { type: 'New', status: 'True' },
  ]
  t.strictSame(strategicMergePatch(before, patch), { conditions })
})
