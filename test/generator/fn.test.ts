import { readFile } from 'node:fs/promises'
import t from 'tap'
import { load } from 'js-yaml'
import { decodeGeneratorConfig } from '../../generator/config.ts'
import { functionJsonSchema } from '../../generator/json-schema.ts'
import { UsageError } from '../../runtime/usage.ts'
import { fn, golden, resourceList } from './fn-harness.ts'

const JOBS = (await golden('annotate', 'input.yaml')) ?? ''
const ANNOTATE = (await golden('annotate', 'config.yaml')) ?? ''

async function problems(text: string): Promise<readonly string[]> {
  return fn(text).then(
    () => [],
    (error: unknown) => (error instanceof UsageError ? error.problems : [String(error)]),
  )
}

function configured(spec: string): string {
  return resourceList('', `apiVersion: sidecar-reaper.dev/v1alpha1\nkind: SidecarReaper\nspec:\n${spec.replace(/^(?=.)/gm, '  ')}\n`)
}

t.test('krmFunction() says where input is not what it should be', async t => {
  t.strictSame(await problems(''), ['<stdin>: holds nothing, expected one ResourceList'])
  t.strictSame(await problems('a: [\n  - b: {\n'), ['<stdin>:2:3: missed comma between flow collection entries'])
  t.strictSame(await problems('a: 1\na: 2\n'), ['<stdin>:2:1: duplicated mapping key'])
  t.strictSame(await problems('- a\n'), ['<stdin>: holds no mapping, expected one ResourceList'])
  t.strictSame(await problems('kind: Job\n'), ['<stdin>: got kind Job, expected ResourceList'])
  t.strictSame(await problems('kind: ResourceList\napiVersion: config.kubernetes.io/v2\n'), [
    '<stdin>: apiVersion: got config.kubernetes.io/v2, expected one of config.kubernetes.io/v1, config.kubernetes.io/v1beta1',
  ])
  t.strictSame(await problems('kind: ResourceList\napiVersion: config.kubernetes.io/v1\nitems: {}\n'), [
    '<stdin>: items: got something else, expected a list',
  ])
})

t.test('krmFunction() names every mistake of its configuration at once', async t => {
  const spec =
    'anotate: true\nnative: {minKubeletVersion: "1.28"}\nflags: {ways: [kill]}\ntombstone: {}\nsettings: {mode: all}\nreaper: {kind: Pod}'
  t.strictSame(await problems(configured(spec)), [
    'functionConfig.spec: native.minKubeletVersion: got "1.28", expected the oldest kubelet of the cluster, "1.29" or newer: older ones know no native sidecars',
    'functionConfig.spec: flags.ways[0]: got "kill", expected one of exec, http, signal',
    'functionConfig.spec: tombstone.image: got nothing, expected an image with a static /bin/busybox such as busybox:1.37-musl',
    'functionConfig.spec: unknown key "anotate", did you mean annotate?',
    'functionConfig.spec.settings: mode: got "all", expected one of report, annotated, enforce',
    'functionConfig.spec.reaper: kind: got "Pod", expected one of CronJob, Job',
  ])
  t.strictSame(await problems(resourceList('', 'apiVersion: v1\nkind: Secret\n')), [
    'functionConfig: got v1 Secret, expected sidecar-reaper.dev/v1alpha1 SidecarReaper or v1 ConfigMap',
  ])
  t.strictSame(await problems(resourceList('', 'apiVersion: sidecar-reaper.dev/v2\nkind: SidecarReaper\n')), [
    'functionConfig.apiVersion: got sidecar-reaper.dev/v2, expected sidecar-reaper.dev/v1alpha1',
  ])
  t.match(await problems(resourceList('', 'apiVersion: v1\nkind: ConfigMap\ndata:\n  flags: "{"\n')), [
    /^functionConfig\.data\.flags: is not YAML: /,
  ])
})

t.test("krmFunction() names template and line of a variable that a user's template misses", async t => {
  const config = `${ANNOTATE}  templates:\n    annotate: |\n      # ours\n      - op: add\n        path: {{nowhere}}\n        value: x\n`
  await t.rejects(fn(resourceList(JOBS, config)), {
    message: 'Cannot fill the template patch/annotate.yaml.hbs: line 3: "nowhere" is not defined',
  })
  const elsewhere = `${ANNOTATE}  templates:\n    annotate: |\n      - {op: replace, path: /nowhere/at/all, value: x}\n`
  await t.rejects(fn(resourceList(JOBS, elsewhere)), { message: 'Cannot patch /nowhere/at/all: there is nothing that could hold it' })
})

t.test('krmFunction() gives back what it has nothing to say of, with comments and the spelling of values', async t => {
  const text = resourceList('# first\napiVersion: v1\nkind: ConfigMap\ndata:\n  a: 0644 # octal\n  b: yes\n  c: "yes"\n', ANNOTATE)
  t.strictSame(await fn(text), { text, lines: [], failed: false })
  t.equal((await fn(resourceList('', ANNOTATE))).text, resourceList('', ANNOTATE))
})

t.test('krmFunction() takes a list without items, of either version, and without a configuration', async t => {
  for (const version of ['v1', 'v1beta1']) {
    const text = `apiVersion: config.kubernetes.io/${version}\nkind: ResourceList\n`
    t.strictSame(await fn(text), { text, lines: [], failed: false })
  }
})

t.test('krmFunction() adds the reaper, and the second time nothing', async t => {
  const first = await fn(configured('reaper: {name: ours}'))
  t.match(load(first.text), { items: [{ kind: 'ConfigMap', metadata: { name: 'ours' } }] })
  t.equal((await fn(first.text)).text, first.text)
})

t.test('krmFunction() patches nothing that is tied by aliases', async t => {
  const job =
    'apiVersion: batch/v1\nkind: Job\nmetadata: &m {name: a}\nspec:\n  template:\n    metadata: *m\n    spec:\n      containers:\n      - {name: work}\n      - {name: fluent-bit, image: fluent/fluent-bit}\n'
  const { failed, lines } = await fn(resourceList(job, ANNOTATE))
  t.ok(failed)
  t.strictSame(lines, ['error: spec.template: Job a: write out its YAML aliases, which no patch can follow\n'])
})

t.test('krmFunction() knows of a webhook among the items', async t => {
  const job = (name: string) =>
    `apiVersion: batch/v1\nkind: Job\nmetadata: {name: ${name}}\nspec:\n  template:\n    spec:\n      initContainers: [{name: logs, restartPolicy: Always}]\n      containers: [{name: work}]\n`
  const webhook =
    "apiVersion: admissionregistration.k8s.io/v1\nkind: MutatingWebhookConfiguration\nmetadata: {name: w}\nwebhooks: [{name: old.example.com, admissionReviewVersions: [v1beta1], rules: [{apiGroups: [''], operations: [CREATE], resources: [pods]}]}]\n"
  const rules = async (documents: string) =>
    (await fn(resourceList(documents, ANNOTATE))).lines.filter(line => line.includes('may take the restartPolicy'))
  t.equal((await rules([job('a'), webhook, job('b')].join('---\n'))).length, 2)
  t.strictSame(await rules(job('a')), [])
})

t.test(
  'krmFunction() puts a mesh proxy before the native sidecars that are there, and takes out rules that a native one may not have',
  async t => {
    const NATIVE = ANNOTATE.replace(/^spec:[^]*/m, 'spec: {native: {minKubeletVersion: "1.33"}}\n')
    const job = `apiVersion: batch/v1
kind: Job
metadata: {name: a}
spec:
  template:
    spec:
      initContainers: [{name: setup}, {name: logs, restartPolicy: Always}]
      containers:
      - {name: work}
      - {name: fluent-bit, image: fluent/fluent-bit, restartPolicy: Never, restartPolicyRules: [{action: Restart, exitCodes: {operator: In, values: [1]}}]}
      - {name: envoy, image: envoyproxy/envoy}
`
    const { text, failed } = await fn(resourceList(job, NATIVE))
    t.notOk(failed)
    const [item] = (load(text) as { items: { spec: { template: { spec: object } } }[] }).items // the list that was given
    t.strictSame(item?.spec.template.spec, {
      initContainers: [
        { name: 'setup' },
        { name: 'envoy', image: 'envoyproxy/envoy', restartPolicy: 'Always' },
        { name: 'logs', restartPolicy: 'Always' },
        { name: 'fluent-bit', image: 'fluent/fluent-bit', restartPolicy: 'Always' },
      ],
      containers: [{ name: 'work' }],
    })
  },
)

t.test('krmFunction() refuses an alias bomb at once', async t => {
  const layers = [
    'a0: &a0 [x, x, x, x, x, x, x, x, x]',
    ...[1, 2, 3, 4, 5, 6, 7, 8].map(n => `a${n}: &a${n} [${`*a${n - 1}, `.repeat(9)}]`),
  ]
  const bomb = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n${layers.join('\n')}\n`
  await t.rejects(fn(resourceList(bomb, ANNOTATE)), { message: /^<stdin>: items\[0\] is endless, or larger than a cluster would keep/ })
})

t.test('krmFunction() writes no annotations that the API server would not take', async t => {
  const job = (note: string) =>
    `apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  template:\n    metadata: {annotations: {note: ${note}}}\n    spec:\n      containers:\n      - {name: work}\n      - {name: vector, image: timberio/vector}\n`
  t.match(await fn(resourceList(job('x'.repeat(262_000)), ANNOTATE)), { failed: false, text: /sidecar-reaper\/sidecars/ })
  const text = resourceList(job('x'.repeat(262_120)), ANNOTATE)
  const { failed, lines, text: given } = await fn(text)
  t.ok(failed)
  t.match(
    lines[0],
    /^error: spec\.template\.metadata\.annotations: Job a: its annotations would be 262199 bytes long, and the API server takes 262144/,
  )
  t.notMatch(given, /sidecar-reaper\/sidecars/)
})

t.test('failOn says which findings fail', async t => {
  const warning = (await golden('validate', 'input.yaml'))?.split('---\n')[1] ?? ''
  const answer = async (spec: string) => (await fn(resourceList(warning, `${ANNOTATE.replace('annotate: true', spec)}`))).failed
  t.equal(await answer('failOn: warning'), true)
  t.equal(await answer('failOn: error'), false)
  t.equal(await answer('failOn: never'), false)
})

t.test('what is excepted is said as info and fails nothing', async t => {
  const job = resourceList(
    'apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  activeDeadlineSeconds: 60\n  template:\n    metadata:\n      annotations:\n        sidecar-reaper.review/ignore-hangs: by hand; until=2099-12-31\n    spec:\n      containers:\n      - {name: work}\n      - {name: vector, image: timberio/vector}\n',
    ANNOTATE.replace('annotate: true', 'failOn: warning'),
  )
  const { failed, lines } = await fn(job)
  t.notOk(failed)
  t.strictSame(lines, [
    'info: spec.template.spec.containers[1]: Job a never completes: vector (known sidecar vector) runs on after work, and nothing asks a reaper to end it; excepted until 2099-12-31: by hand (hangs)\n',
  ])
})

t.test('decodeGeneratorConfig() reads a ConfigMap as our own kind', async t => {
  const spec = { annotate: true, native: { minKubeletVersion: '1.33' }, settings: { mode: 'enforce' } }
  const data = { annotate: 'true', native: 'minKubeletVersion: "1.33"', settings: '{mode: enforce}' }
  t.strictSame(
    decodeGeneratorConfig({ apiVersion: 'v1', kind: 'ConfigMap', data }),
    decodeGeneratorConfig({ apiVersion: 'sidecar-reaper.dev/v1alpha1', kind: 'SidecarReaper', spec }),
  )
})

t.test('schemas/function.schema.json is made of the schema; npm run schema writes it', async t => {
  t.equal(await readFile(new URL('../../schemas/function.schema.json', import.meta.url), 'utf8'), functionJsonSchema())
})
