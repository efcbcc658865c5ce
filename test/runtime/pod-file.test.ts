import t from 'tap'
import { parsePods, readPods } from '../../runtime/pod-file.ts'

const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } }
const names = (text: string) => parsePods(text, 'pods.yaml').map(({ metadata }) => metadata?.name)

t.test('parsePods() takes one pod, a list, and several documents, in YAML and JSON', async t => {
  t.strictSame(names('kind: Pod\nmetadata: {name: a}\n'), ['a'])
  t.strictSame(names(JSON.stringify(pod)), ['a'])
  t.strictSame(names(JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [pod, { ...pod, metadata: { name: 'b' } }] })), ['a', 'b'])
  t.strictSame(names(JSON.stringify({ kind: 'PodList', items: [{ metadata: { name: 'c' } }] })), ['c'])
  t.strictSame(names('kind: Pod\nmetadata: {name: a}\n---\nkind: List\nitems: [{kind: Pod, metadata: {name: b}}]\n'), ['a', 'b'])
  t.strictSame(names(`${JSON.stringify(pod)}\n---\n${JSON.stringify(pod)}`), ['a', 'a'])
})

t.test('parsePods() says what it got instead of a pod', async t => {
  const cases = {
    'kind: Job\napiVersion: batch/v1\nmetadata: {name: backup}':
      'pods.yaml: got kind Job (batch/v1), expected a Pod; its pods: kubectl get pods -l job-name=backup -o json | sidecar-reaper explain -f -',
    'kind: Deployment\napiVersion: apps/v1': 'pods.yaml: got kind Deployment (apps/v1), expected a Pod',
    'kind: Pod\n---\nkind: "\\e[31m"': 'pods.yaml: document 2: got kind \\u{1b}[31m, expected a Pod',
    '{"kind": "List", "items": [{"kind": "Pod"}, {"kind": "Job"}]}': /^pods\.yaml: items\[1\]: got kind Job, expected a Pod; /,
    '{"kind": "List", "items": []}': 'pods.yaml: holds no pod',
    '': 'pods.yaml: holds no pod',
    '- 1': 'pods.yaml: got a list, expected a Pod',
    text: 'pods.yaml: got a plain value, expected a Pod',
    'a: 1': 'pods.yaml: got something without a kind, expected a Pod',
    '{"kind": "Pod"': /^pods\.yaml:1:\d+: /,
  }
  for (const [text, message] of Object.entries(cases)) t.throws(() => parsePods(text, 'pods.yaml'), { message }, text)
})

t.test('readPods() names the file that cannot be read', async t => {
  await t.rejects(readPods('/nowhere/pod.yaml'), { message: '/nowhere/pod.yaml: no such file' })
})
