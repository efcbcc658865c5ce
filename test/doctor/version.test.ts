import t from 'tap'
import { minorOf, oldestKubelet } from '../../runtime/doctor/version.ts'

t.test('minorOf() reads what Kubernetes and its vendors call a version', async t => {
  for (const [version, minor] of [
    ['v1.29.6', 29],
    ['v1.28.4-gke.1083000', 28],
    ['v1.34.1-eks-036c24b', 34],
    ['1.30', 30],
    ['v1.36.0-alpha.1+build', 36],
    ['v2.1.0', null],
    ['', null],
    ['v0.0.0-master+$Format:%H$', null],
  ] as const)
    t.equal(minorOf(version), minor, version)
})

t.test('oldestKubelet() compares minors as numbers, and leaves out who says none', async t => {
  const nodes = (kubelets: Readonly<Record<string, string>>) =>
    new Map(Object.entries(kubelets).map(([name, kubelet]) => [name, { isReady: true, kubelet }]))
  t.strictSame(oldestKubelet(nodes({ c: 'v1.30.0', b: 'v1.9.1', a: 'v1.29.0' })), { node: 'b', version: 'v1.9.1', minor: 9 })
  t.match(oldestKubelet(nodes({ b: 'v1.30.1', a: 'v1.30.2' })), { node: 'a' })
  t.match(oldestKubelet(nodes({ a: '', b: 'v1.30.2' })), { node: 'b' })
  t.equal(oldestKubelet(nodes({ a: '' })), null)
  t.equal(oldestKubelet(new Map()), null)
})
