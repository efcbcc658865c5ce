import t from 'tap'
import type { Pod } from '../../../runtime/pod.ts'
import { type Policy, PolicyError, type Surroundings } from '../../../runtime/policy.ts'
import { judgeBy, type Landscape } from '../../../runtime/sweep/judge.ts'
import { verdictOf } from '../subject.ts'

const everywhere: Landscape = { namespaces: new Map([['shop', { team: 'a' }]]), nodes: new Map([['up', true], ['down', false]]) } // prettier-ignore
const now = () => new Date('2026-11-24T10:00:00Z')

/** A policy that notes what it was told of a pod's surroundings; `verdict` may throw. */
function policyWith(verdict: Policy['verdict'] = () => verdictOf()) {
  const told: Surroundings[] = []
  const policy: Policy = {
    facts: () => ({ metadata: {}, spec: {}, status: {} }),
    verdict(facts, around, at) {
      told.push(around)
      return verdict(facts, around, at)
    },
    hashes: { wasm: '', catalogue: '', settings: '' },
  }
  return { policy, told }
}

t.test('judgeBy() tells the policy what is around a pod; a node that is gone is not Ready', async t => {
  const { policy, told } = policyWith()
  const judge = judgeBy(policy, everywhere, now)
  const pods = [['up', 'shop'], ['down', 'shop'], ['gone', 'shop'], [undefined, 'new']] as const // prettier-ignore
  for (const [nodeName, namespace] of pods) judge({ metadata: { namespace }, spec: nodeName ? { nodeName } : {} })
  const shop = { name: 'shop', labels: { team: 'a' } }
  t.strictSame(told, [
    { namespace: shop, node: { ready: true } },
    { namespace: shop, node: { ready: false } },
    { namespace: shop, node: { ready: false } },
    { namespace: null, node: null },
  ])
})

t.test('judgeBy() says nothing of what may not be read', async t => {
  const { policy, told } = policyWith()
  judgeBy(policy, { namespaces: null, nodes: null }, now)({ metadata: { namespace: 'shop' }, spec: { nodeName: 'gone' } })
  t.strictSame(told, [{ namespace: null, node: null }])
})

t.test('judgeBy() refuses a pod that cannot be judged; what is broken otherwise throws', async t => {
  for (const error of [new TypeError('spec: got 1, expected an object'), new PolicyError('evaluation', 'the policy gave no verdict')]) {
    const { policy } = policyWith(() => {
      throw error
    })
    t.match(judgeBy(policy, everywhere, now)({}).verdict, {
      decision: 'refuse',
      reason: 'unreadable',
      message: error.message,
      containers: [],
    })
  }
  const { policy } = policyWith(() => {
    throw new RangeError('a bug')
  })
  t.throws(() => judgeBy(policy, everywhere, now)({}), { message: 'a bug' })
})

t.test('judgeBy() keeps what a guarded write needs, and takes absent fields for normal', async t => {
  const judge = judgeBy(policyWith().policy, everywhere, now)
  const nothing = {
    ref: { namespace: 'default', name: '' },
    uid: '',
    resourceVersion: '',
    node: null,
    job: null,
    graceSeconds: 30,
    wasTried: false,
  }
  // As a server may send them, whatever the type says.
  for (const pod of [{}, { metadata: null, spec: null, status: null } as unknown as Pod]) t.match(judge(pod), nothing)
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name: 'report', uid: 'j', controller: true }
  const metadata = { namespace: 'shop', name: 'report-1', uid: 'u', resourceVersion: '7', ownerReferences: [owner] }
  t.match(judge({ metadata, spec: { nodeName: 'up', terminationGracePeriodSeconds: 5 } }), {
    ref: { namespace: 'shop', name: 'report-1' },
    uid: 'u',
    resourceVersion: '7',
    node: 'up',
    job: { name: 'report', uid: 'j' },
    graceSeconds: 5,
  })
  for (const other of [{ apiVersion: 'batch.volcano.sh/v1alpha1' }, { kind: 'Workflow' }, { controller: false }])
    t.equal(judge({ metadata: { ...metadata, ownerReferences: [{ ...owner, ...other }] } }).job, null)
})

t.test('judgeBy() knows a pod that a sweep has tried to end', async t => {
  const judge = judgeBy(policyWith().policy, everywhere, now)
  const tried = ['sidecar-reaper/claim', 'sidecar-reaper/completed', 'sidecar-reaper/sidecars'].map(
    key => judge({ metadata: { annotations: { [key]: 'x' } } }).wasTried,
  )
  t.strictSame(tried, [true, true, false])
})
