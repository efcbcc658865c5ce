import { readFile } from 'node:fs/promises'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { XmlDocument, type XmlElement } from 'libxml2-wasm'
import { loadAll } from 'js-yaml'
import t from 'tap'
import { expectationSchema } from '../../../runtime/expect/schema.ts'
import { publishedSchema } from '../../../runtime/settings/json-schema.ts'
import { run } from '../review/harness.ts'

t.jobs = 4

const JOB = `apiVersion: batch/v1
kind: Job
metadata: { name: backup }
spec:
  activeDeadlineSeconds: 600
  template:
    spec:
      restartPolicy: Never
      containers:
        - { name: main, image: acme/work }
        - { name: logs, image: acme/logs }
`

const POD = `apiVersion: v1
kind: Pod
metadata: { name: a, labels: { batch.kubernetes.io/job-name: a }, annotations: { sidecar-reaper/sidecars: proxy } }
spec:
  restartPolicy: Never
  containers: [{ name: main }, { name: proxy }]
status:
  phase: Running
  containerStatuses:
    - { name: main, state: { terminated: { exitCode: 0, finishedAt: '2026-11-24T03:00:00Z' } } }
    - { name: proxy, containerID: c://1, state: { running: { startedAt: '2026-11-24T02:00:00Z' } } }
`

const MET = `name: the pod is ended
pod: pods/a.yaml
expect: { decision: end, leftOver: [proxy] }
---
name: a moment before it was not
pod: pods/a.yaml
now: '2026-11-24T03:00:01Z'
expect: { decision: wait, reason: settling }
---
name: not in a namespace that opted out
pod: pods/a.yaml
namespace: { name: shop, labels: { sidecar-reaper/enabled: 'false' } }
expect: { decision: leave }
---
name: our settings make it a sidecar
manifest: job.yaml
settings: { sidecars: [logs] }
expect: { sidecars: [logs], findings: [needs-reaper] }
---
name: without them it is none
manifest: job.yaml
expect: { sidecars: [], findings: [] }
`

const FILES = { pods: { 'a.yaml': POD }, 'job.yaml': JOB, 'expect.yaml': MET }

t.test('review --expect and explain --expect judge all expectations of a folder, each with what is around it', async t => {
  const cwd = t.testdir(FILES)
  for (const command of ['review', 'explain']) {
    const { code, stdout, stderr } = await run([command, '--expect', '.'], { cwd })
    t.strictSame([code, stderr], [0, ''])
    t.match(stdout, /^met: expect\.yaml: the pod is ended\n(met: .*\n){4}5 expectations: 5 met, 0 missed\.\n$/)
  }
})

t.test('a folder is searched for expectations however they are written, and one with a mistake is told', async t => {
  const one = (name: string) => ({ name, manifest: 'job.yaml', expect: { findings: ['hangs'] } })
  const cwd = t.testdir({
    'job.yaml': JOB,
    'Chart.yaml': 'apiVersion: v2\nname: chart\n',
    'values.yaml': 'name: x\npodLabels: {}\n',
    'compact.json': JSON.stringify(one('compact')),
    'flow.yaml': '{ name: flow, manifest: job.yaml, expect: { findings: [hangs] } }\n',
    'quoted.yaml': `'name': quoted\n'manifest': job.yaml\n'expect': { findings: [hangs] }\n`,
  })
  const { code, stdout } = await run(['review', '--expect', '.'], { cwd })
  t.equal(code, 1)
  t.match(stdout, /^3 expectations: 0 met, 3 missed\.$/m)
  const wrong = t.testdir({ ...FILES, 'typo.yaml': 'name: typo\nmanifest: job.yaml\nexpects: { findings: [] }\n' })
  t.match(await run(['review', '--expect', '.'], { cwd: wrong }), {
    code: 64,
    stderr: /^typo\.yaml: typo: unknown key "expects", did you mean expect\?$/m,
  })
})

t.test('--settings is what expectations without settings of their own are judged by', async t => {
  const cwd = t.testdir({ ...FILES, 's.yaml': 'sidecars: [logs]\n' })
  const { code, stdout } = await run(['review', '--expect', 'expect.yaml', '--settings', 's.yaml'], { cwd })
  t.equal(code, 1)
  t.match(stdout, 'missed: expect.yaml: without them it is none\n    sidecars: expected none, got logs\n')
  t.match(stdout, '5 expectations: 4 met, 1 missed.\n')
})

t.test('-o json and -o junit say the same, each to a file if asked for', async t => {
  const cwd = t.testdir({ ...FILES, 'missed.yaml': 'name: "<a> & b"\nmanifest: job.yaml\nexpect: { findings: [hangs] }\n' })
  const { code, stdout } = await run(['review', '--expect', 'missed.yaml', '-o', 'json', '-o', 'junit=r.xml'], { cwd })
  t.equal(code, 1)
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as object) // printed by us
  t.strictSame(lines, [
    {
      kind: 'expectation',
      file: 'missed.yaml',
      name: '<a> & b',
      of: 'manifest',
      met: false,
      differences: ['findings: expected hangs, not found'],
    },
    { kind: 'summary', expectations: 1, met: 0, missed: 1 },
  ])
  using document = XmlDocument.fromString(await readFile(`${cwd}/r.xml`, 'utf8'))
  const [testcase] = document.find('/testsuites/testsuite[@failures="1"]/testcase') as XmlElement[] // elements, by its path
  t.equal(testcase?.attr('name')?.value, '<a> & b')
  t.equal(testcase?.content, 'findings: expected hangs, not found')
})

t.test('mistakes in expectations are told all at once, with file, expectation and field', async t => {
  const cwd = t.testdir({
    ...FILES,
    'bad.yaml': `name: a
pod: nowhere.yaml
expect: { decision: end }
---
manifest: job.yaml
expect: {}
---
name: b
expect: { decision: end }
---
name: c
pod: job.yaml
expect: { decison: end, reason: left-over }
---
- 1
`,
  })
  const { code, stdout, stderr } = await run(['review', '--expect', 'bad.yaml'], { cwd })
  t.strictSame([code, stdout], [64, ''])
  t.strictSame(stderr.trimEnd().split('\n'), [
    'bad.yaml: a: nowhere.yaml: no such file',
    'bad.yaml: expectation 2: name: got nothing, expected what is expected, as a sentence',
    'bad.yaml: expectation 2: expect: got a mapping, expected at least one of findings, mains, sidecars',
    'bad.yaml: b: got neither of pod and manifest, expected one: what is to be judged',
    'bad.yaml: c: expect: unknown key "decison"',
    'bad.yaml: expectation 5: got a list, expected a mapping',
  ])
})

t.test('what is no pod, no manifest or no expectation is said', async t => {
  const cwd = t.testdir({
    ...FILES,
    'pod.yaml': 'name: a\npod: job.yaml\nexpect: { decision: end }\n',
    'shape.yaml': 'name: a\npod: { kind: Pod, spec: 3 }\nexpect: { decision: end }\n',
    'kind.yaml': 'name: a\nmanifest: { kind: Job }\nexpect: { findings: [] }\n',
    empty: {},
  })
  const cases: readonly (readonly [args: readonly string[], stderr: RegExp])[] = [
    [['pod.yaml'], /^job\.yaml: got kind Job \(batch\/v1\), expected a Pod; its pods: /],
    [['shape.yaml'], /^shape\.yaml: a: spec: got 3, expected an object\n$/],
    [['kind.yaml'], /^kind\.yaml: a: manifest: got no apiVersion and kind, expected a Kubernetes object\n$/],
    [['job.yaml'], /^job\.yaml: holds no expectation\n$/],
    [['empty'], /^error: there is no expectation: name files, or folders with/],
    [['nowhere'], /^nowhere: no such file\n$/],
    [['expect.yaml', '--fix'], /^error: --expect does not go with --fix\n/],
    [['expect.yaml', 'job.yaml'], /^error: --expect says itself what is to be judged: leave out job\.yaml\n/],
    [['expect.yaml', '-o', 'sarif'], /^error: -o sarif does not go with --expect: expected one of text, json, junit\n/],
  ]
  for (const [args, stderr] of cases) {
    const got = await run(['review', '--expect', ...args], { cwd })
    t.match(got, { code: 64, stdout: '', stderr }, args.join(' '))
  }
})

t.test('schemas/expectation.schema.json is made of the schema, and the example is valid by it; npm run schema writes it', async t => {
  const written = await readFile(new URL('../../../schemas/expectation.schema.json', import.meta.url), 'utf8')
  t.equal(written, publishedSchema('expectation', expectationSchema))
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(written) as object) // a schema
  const example = await readFile(new URL('../../../docs/examples/expectations.yaml', import.meta.url), 'utf8')
  for (const expectation of loadAll(example)) t.ok(validate(expectation), JSON.stringify(validate.errors))
  t.notOk(validate({ name: 'a', expect: { decision: 'end' } }))
})
