import fc from 'fast-check'
import t from 'tap'
import type { ContainerState, Pod } from '../../runtime/pod.ts'
import { AROUND, policyOf } from './committed.ts'
import { NOW, pods } from './pods.ts'

// A pod is untrusted input: whatever its annotations hold, the wasm gives a verdict, soon, and no long one.

const LIMIT = 256 * 1024 // Kubernetes: all annotations of an object together

const policies = [
  await policyOf(),
  await policyOf({ ways: ['signal'], onDirtyExit: 'end', controllersGone: ['kruise', 'argo'], mainLabel: 'app', sidecars: ['c1', 'c2'] }),
]

interface PodOptions {
  readonly containers?: number
  readonly annotations?: Readonly<Record<string, string>>
  readonly more?: object
}

/** Containers c0, which succeeded, and the running c1, c2, …, all of them listed as sidecars. */
function pod({ containers = 3, annotations = {}, more = {} }: PodOptions): Pod {
  const names = numbered('c', containers)
  const state = (index: number): ContainerState =>
    index === 0 ? { terminated: { exitCode: 0, finishedAt: '2026-11-24T03:00:00Z' } } : { running: {} }
  return {
    metadata: {
      namespace: 'team-a',
      labels: { 'batch.kubernetes.io/job-name': 'j', app: 'c0' },
      annotations: { 'sidecar-reaper/sidecars': names.slice(1).join(), ...annotations },
    },
    spec: { restartPolicy: 'Never', containers: names.map(name => ({ name, ...more })) },
    status: {
      phase: 'Running',
      containerStatuses: names.map((name, index) => ({ name, containerID: `x://${name}`, state: state(index) })),
    },
  }
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`)
}

function details(of: readonly string[], detail: object): string {
  return JSON.stringify(Object.fromEntries(of.map(name => [name, detail])))
}

const listed = (text: string): PodOptions => ({ annotations: { 'sidecar-reaper/sidecars': text } })
const detailed = (text: string): PodOptions => ({ annotations: { 'sidecar-reaper/containers': text } })
const claimed = (text: string): PodOptions => ({ annotations: { 'sidecar-reaper/claim': text } })
const everyExitCode = Array.from({ length: 255 }, (_, index) => index + 1)
const bad = /^refuse bad-annotation/

/** What each may do to the evaluation, and what is decided of it by the default settings. */
const cases: Readonly<Record<string, readonly [PodOptions, RegExp]>> = {
  'a thousand mains, 998 of them running': [{ containers: 1000, ...listed('c1') }, /^wait main-running/],
  'a thousand sidecars': [{ containers: 1000 }, /^end /],
  'two hundred details': [
    {
      containers: 200,
      annotations: { 'sidecar-reaper/containers': details(numbered('c', 200), { exit: 0, signal: 'INT', grace: '1h30m5s5ms' }) },
    },
    /^end /,
  ],
  'a thousand bad details': [detailed(details(numbered('c', 1000), { exit: 'x', signal: 'KILL', grace: '1x' })), bad],
  'forty thousand names': [listed(`c1,c2,${numbered('x', 40_000).join()}`), /^end /],
  'a quarter of a million commas': [listed(`c1,c2${','.repeat(LIMIT)}`), /^end /],
  'one name of 256 KiB': [listed(`c1,c2,${'x'.repeat(LIMIT)}`), /^end /],
  'lists nested without end': [detailed('['.repeat(LIMIT)), bad],
  'objects nested without end': [detailed('{"a":'.repeat(50_000)), bad],
  'lists nested a thousand deep': [detailed(`{"c1":${'['.repeat(1000)}${']'.repeat(1000)}}`), bad],
  'twenty thousand keys': [detailed(`{"c1":${details(numbered('k', 20_000), {})}}`), bad],
  'twenty thousand names in the details': [detailed(details(numbered('k', 20_000), {})), bad],
  'a thousand names in the details': [detailed(details(numbered('k', 1000), {})), /^end /],
  'a quarter of a million quotes': [detailed(`{${'"'.repeat(250_000)}}`), bad],
  'a claim of a quarter of a million quotes': [claimed(`{${'"'.repeat(250_000)}}`), /^end /],
  'a main that runs beside a quarter of a million quotes': [
    { containers: 1000, annotations: { 'sidecar-reaper/sidecars': 'c1', 'sidecar-reaper/containers': '"'.repeat(200_000) } },
    /^wait main-running/,
  ],
  'a thousand flags of a thousand sidecars': [
    { containers: 1000, more: { image: 'gcr.io/cloud-sql-connectors/cloud-sql-proxy:2', args: Array(50).fill('--quitquitquit=true') } },
    /^end /,
  ],
  'a number that no arithmetic takes': [detailed('{"c1":{"exit":1e999999999}}'), bad],
  'a number that is nearly nothing': [detailed('{"c1":{"exit":1e-999999999}}'), bad],
  'a number of 256 KiB': [detailed(`{"c1":{"exit":${'9'.repeat(LIMIT)}}}`), bad],
  'a fraction of 256 KiB': [detailed(`{"c1":{"exit":0.${'0'.repeat(LIMIT)}1}}`), bad],
  'half a character, escaped': [detailed('{"\\ud800":{"exit":0}}'), bad],
  'half a character': [listed('c1,c2,\ud800'), /^end /],
  'a control character in a string': [detailed('{"\u0001":{}}'), bad],
  'the character NUL': [listed('c1,c2,\0'), /^end /],
  'text after the JSON': [detailed('{} x'), bad],
  'a comma too many': [detailed('{"c1":{},}'), bad],
  'a settle delay of 256 KiB': [{ annotations: { 'sidecar-reaper/settle': '1'.repeat(LIMIT) } }, bad],
  'a settle delay of a hundred thousand years': [{ annotations: { 'sidecar-reaper/settle': '999999999h' } }, /^wait settling/],
  'a claim nested without end': [claimed('['.repeat(LIMIT)), /^end /],
  'a claim at no time': [claimed('{"by":"x","at":1e999999999,"containers":{}}'), /^end /],
  'a claim before all time': [claimed('{"by":"x","at":-1e999,"containers":{}}'), /^end /],
  'a claim with 256 KiB of containers': [claimed(`{"by":"x","at":1,"containers":${details(numbered('c', 12_000), {})}}`), /^end /],
  'a rule for every exit code, a thousand times': [
    { containers: 1000, more: { restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: everyExitCode } }] } },
    /^end /,
  ],
  'exit codes that are none': [
    { more: { restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'NotIn', values: [null, 'x', {}, []] } }] } },
    /^wait main-will-restart/,
  ],
  'images of slashes': [{ more: { image: '/'.repeat(LIMIT) } }, /^end /],
}

for (const [what, [options, decided]] of Object.entries(cases)) {
  t.test(`${what}: a verdict that is neither late nor long`, async t => {
    for (const [index, policy] of policies.entries()) {
      const facts = policy.facts(pod(options))
      const before = process.cpuUsage()
      const verdict = policy.verdict(facts, AROUND, NOW)
      const { user, system } = process.cpuUsage(before)
      t.ok((user + system) / 1000 < 1000, 'a tenth of it is usual') // seconds would mean that something is quadratic
      t.ok(verdict.message.length < 1000, verdict.message.slice(0, 1000))
      t.ok(verdict.warnings.length < 10 && JSON.stringify(verdict.warnings).length < 4000)
      if (index === 0) t.match(`${verdict.decision} ${verdict.reason}`, decided)
    }
  })
}

t.test('a pod with two controllers and containers called like properties gets a verdict', async t => {
  const names = ['__proto__', 'constructor', 'toString']
  const owners = [
    { kind: 'Job', controller: true },
    { kind: 'ReplicaSet', controller: true },
  ]
  const strange: Pod = {
    metadata: {
      annotations: JSON.parse('{"__proto__": "x", "sidecar-reaper/sidecars": "__proto__"}') as Record<string, string>,
      ownerReferences: owners,
    }, // text, all of it
    spec: { restartPolicy: 'Never', containers: names.map(name => ({ name })) },
    status: { phase: 'Running', containerStatuses: names.map(name => ({ name, state: { running: {} } })) },
  }
  for (const policy of policies)
    t.equal(policy.verdict(policy.facts(strange), AROUND, NOW).message, 'waiting for main constructor (running), main toString (running)')
})

t.test('any text in any annotation gets a verdict, and the next pod its own', async t => {
  const json = fc.oneof(
    fc.json(),
    fc.json().map(text => `{"c1": ${text}}`),
    fc.json().map(text => text.slice(1)),
    fc.string({ unit: 'binary' }),
  )
  const keys = fc.constantFrom('ignore', 'sidecars', 'mains', 'containers', 'settle', 'claim').map(key => `sidecar-reaper/${key}`)
  const annotations = fc.dictionary(keys, json)
  const expected = policies.map(policy => policy.verdict(policy.facts(pod({})), AROUND, NOW))
  fc.assert(
    fc.property(annotations, texts => {
      for (const [index, policy] of policies.entries()) {
        const verdict = policy.verdict(policy.facts(pod({ annotations: texts })), AROUND, NOW)
        t.match(verdict.decision, /^(end|wait|leave|refuse)$/)
        t.strictSame(policy.verdict(policy.facts(pod({})), AROUND, NOW), expected[index])
      }
    }),
    { numRuns: 500 },
  )
})

t.test('a pod of any shape is either refused by podFacts() or gets a verdict', async t => {
  const paths = [
    'metadata',
    'spec',
    'status',
    'metadata.annotations',
    'metadata.ownerReferences',
    'spec.containers',
    'status.containerStatuses',
    'spec.restartPolicy',
    'status.phase',
  ]
  fc.assert(
    fc.property(pods, fc.constantFrom(...paths), fc.jsonValue(), (whole, path, value) => {
      const broken = JSON.parse(JSON.stringify(whole)) as Record<string, Record<string, unknown>> // a copy to break
      const [first = '', second] = path.split('.')
      if (second === undefined)
        broken[first] = value as Record<string, unknown> // anything
      else (broken[first] ??= {})[second] = value
      for (const policy of policies) {
        const facts = factsOrNothing(() => policy.facts(broken as Pod)) // a pod is untrusted input
        if (facts) t.ok(policy.verdict(facts, AROUND, NOW).reason)
      }
    }),
    { numRuns: 500 },
  )
})

function factsOrNothing<T>(facts: () => T): T | undefined {
  try {
    return facts()
  } catch (error) {
    if (error instanceof TypeError) return undefined
    throw error
  }
}
