/** A process with a sandbox of stuck pods, their containers in memory: arguments COUNT GRACE_SECONDS WAY. */
import type { Behaviour } from '../../sandbox/behaviour.ts'
import { stuckPod } from '../../sandbox/manifests.ts'
import { startSandbox } from '../../sandbox/sandbox.ts'
import { ready } from './process.ts'

const [count = 0, graceSeconds = 0] = process.argv.slice(2, 4).map(Number)
const way = process.argv[4]
const nodes = 50

// Told by signal, a sidecar that ends with 0 is known to be clean; completed, any may be ended, also one that is deaf and so is killed.
const annotations = {
  'sidecar-reaper/sidecars': 'proxy',
  ...(way === 'signal' ? { 'sidecar-reaper/containers': JSON.stringify({ proxy: { exit: 0 } }) } : {}),
}
const slow = (exit: number): Behaviour => ({ on: { TERM: { exit, delayMs: (graceSeconds - 1) * 1000 } } })
const proxy = (index: number): Behaviour => (way === 'signal' ? slow(0) : index % 2 === 0 ? slow(143) : {})

const sandbox = await startSandbox({ processes: 'memory' })
for (let node = 0; node < nodes; node++) sandbox.addNode(`worker-${node}`)
sandbox.addPods(count, index => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', name: `stuck-${index}`, uid: `uid-of-job-${index}`, controller: true }
  const { metadata, spec, ...pod } = stuckPod(job.name, { annotations, graceSeconds })
  const nodeName = `worker-${index % nodes}`
  return {
    manifest: { ...pod, metadata: { ...metadata, ownerReferences: [job] }, spec: { ...spec, nodeName } },
    behaviours: { proxy: proxy(index) },
  }
})
ready(sandbox.kubeconfig)
