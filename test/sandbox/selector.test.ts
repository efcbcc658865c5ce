import t from 'tap'
import type { KubeObject } from './objects.ts'
import { selector } from './selector.ts'

const metadata = {
  name: 'a',
  namespace: 'shop',
  uid: 'u',
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels: { app: 'web', tier: 'front', 'batch.kubernetes.io/job-name': 'report' },
}
const object: KubeObject = { metadata, spec: { nodeName: 'n1' }, status: { phase: 'Running' } }

const selected = [
  '',
  'app',
  '!db',
  'app=web',
  'app==web',
  'app!=db',
  'other!=x',
  'app in (web, db)',
  'app notin (db)',
  'other notin (a)',
  'app in (web),tier=front,batch.kubernetes.io/job-name',
]
const unselected = ['!app', 'db', 'app=db', 'app!=web', 'app in (db,cache)', 'app notin (web)', 'app=web,tier=back', 'app in (web),!tier']

for (const labelSelector of selected) {
  t.test(`selector() takes labels ${labelSelector || '(none)'}`, async t =>
    t.equal(selector(new URLSearchParams({ labelSelector }))(object), true),
  )
}
for (const labelSelector of unselected) {
  t.test(`selector() leaves labels ${labelSelector}`, async t => t.equal(selector(new URLSearchParams({ labelSelector }))(object), false))
}

t.test('selector() knows the fields of pods', async t => {
  const takes = (fieldSelector: string): boolean => selector(new URLSearchParams({ fieldSelector }))(object)
  t.equal(takes('status.phase=Running,spec.nodeName=n1,metadata.name=a,metadata.namespace=shop'), true)
  t.equal(takes('status.phase!=Succeeded,status.phase!=Failed'), true)
  t.equal(takes('status.phase!=Running'), false)
  t.throws(() => takes('spec.hostname=x'), new RangeError('field label not supported: spec.hostname'))
})

t.test('selector() refuses what it cannot read', async t => {
  t.throws(() => selector(new URLSearchParams({ labelSelector: 'app ~ web' })), SyntaxError)
})
