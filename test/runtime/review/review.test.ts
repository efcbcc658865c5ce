import { once } from 'node:events'
import t from 'tap'
import type { FindingRecord } from '../../../runtime/review/record.ts'
import { ended, FINE, job, lines, MISSPELT, review, started } from './harness.ts'

t.jobs = 4

const JOB = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'backup' },
  spec: {
    activeDeadlineSeconds: 600,
    template: { spec: { containers: [{ name: 'main' }, { name: 'vector', image: 'timberio/vector:0.48.0' }] } },
  },
}

t.test('review says of each finding where it is, how bad, what and why, and what mends it; last the counts', async t => {
  const cwd = t.testdir({ 'a.yaml': job(), 'b.yaml': `${FINE}---\n${MISSPELT}` })
  const { code, stdout, stderr } = await review(['a.yaml', 'b.yaml'], { cwd })
  t.strictSame([code, stderr], [1, ''])
  t.equal(
    stdout,
    `a.yaml:13:11: error: Job backup never completes: vector (known sidecar vector) runs on after main, and nothing asks a reaper to end it (hangs)
    fix: make vector a native sidecar: an init container with restartPolicy Always (Kubernetes 1.29 or newer)
b.yaml:24:9: warning: Job backup: sidecar-reaper/sidecars names vectr, but the pod has no such container (name-without-container)
    fix: correct the name; the pod has main, second
3 objects in 2 files reviewed: 1 error, 1 warning, 0 infos.
`,
  )
})

t.test('review -o json prints a finding a line, and last the counts and what judged', async t => {
  const cwd = t.testdir({ 'a.yaml': job({ name: 'x' }) })
  const { stdout } = await review(['-o', 'json', 'a.yaml'], { cwd })
  const [finding, summary] = lines(stdout) as readonly [FindingRecord, unknown]
  t.match(finding, {
    kind: 'finding',
    file: 'a.yaml',
    line: 13,
    column: 11,
    source: null,
    object: { apiVersion: 'batch/v1', kind: 'Job', namespace: null, name: 'x' },
    rule: 'hangs',
    severity: 'error',
    container: 'vector',
    path: ['spec', 'template', 'spec', 'containers', 1],
    docs: 'docs/rules/hangs.md',
    fixed: false,
  })
  t.ok(finding.fix.patch.length > 0)
  t.match(summary, { kind: 'summary', files: 1, manifests: 1, error: 1, warning: 0, info: 0, fixed: 0, problems: 0, notes: 0 })
  t.match(summary, { policy: { wasm: /^[0-9a-f]{64}$/, catalogue: /^[0-9a-f]{64}$/, settings: /^[0-9a-f]{64}$/ } })
})

t.test('review exits as the worst that it found asks for', async t => {
  const cwd = t.testdir({ 'fine.yaml': FINE, 'warning.yaml': MISSPELT, 'error.yaml': job(), 'broken.yaml': 'apiVersion: [', empty: {} })
  const cases: readonly (readonly [args: string, code: number])[] = [
    ['fine.yaml', 0],
    ['warning.yaml', 0],
    ['error.yaml', 1],
    ['broken.yaml fine.yaml', 1],
    ['nowhere.yaml fine.yaml', 1],
    ['--fail-on-warn fine.yaml', 0],
    ['--fail-on-warn warning.yaml', 1],
    ['--fail-on-warn error.yaml warning.yaml', 2],
    ['--fail-on-warn broken.yaml', 2],
    ['--min-severity error --fail-on-warn warning.yaml', 0],
    ['--rule name-without-container error.yaml', 0],
    ['--rule name-without-container --rule hangs error.yaml', 1],
    ['empty', 64],
    ['nowhere.yaml', 64],
    ['--ignore *.yaml fine.yaml', 64],
    ['--rule hang fine.yaml', 64],
    ['-o xml fine.yaml', 64],
    ['-o json -o text fine.yaml', 64],
    ['-o sarif=x -o junit=x fine.yaml', 64],
    ['', 64],
  ]
  for (const [args, code] of cases) t.equal((await review(args.split(' ').filter(Boolean), { cwd })).code, code, args)
})

t.test('review takes the settings that a sweep will have', async t => {
  const cwd = t.testdir({ 'a.yaml': job(), 'settings.yaml': 'mode: enforce\n' })
  const { code, stdout } = await review(['a.yaml', '--settings', 'settings.yaml'], { cwd })
  t.equal(code, 0)
  t.match(stdout, /^a\.yaml:13:11: info: Job backup completes only where sidecar-reaper runs/)
})

t.test('review - reads standard input, and says of what Helm rendered which template it is', async t => {
  const helm = `---\n# Source: shop/templates/fine.yaml\n${FINE}---\n# Source: shop/templates/backup.yaml\n${job()}`
  const { code, stdout } = await review(['-'], { stdin: helm })
  t.equal(code, 1)
  t.match(stdout, /^<stdin>:31:11: error: .*\n {4}in shop\/templates\/backup\.yaml\n/)
})

t.test('review reads yes, no, on and off as kubectl does', async t => {
  const hosting = (word: string) =>
    job({ image: 'acme/logs', annotations: 'sidecar-reaper/sidecars: second' }).replace(
      'restartPolicy: Never',
      `restartPolicy: Never\n      hostPID: ${word}`,
    )
  const cwd = t.testdir({ 'yes.yaml': hosting('yes'), 'on.yaml': hosting('On'), 'off.yaml': hosting('off'), 'text.yaml': hosting('"yes"') })
  const { stdout } = await review(['-o', 'json', '--rule', 'host-pid', '.'], { cwd })
  t.match(lines(stdout), [{ file: 'on.yaml', rule: 'host-pid' }, { file: 'yes.yaml', rule: 'host-pid' }, { kind: 'summary' }])
})

t.test('review finds places through anchors, merges, lists, several documents, Windows line ends and a byte order mark', async t => {
  const list = `apiVersion: v1\nkind: List\nitems:\n  - ${job().trimEnd().replaceAll('\n', '\n    ')}\n`
  const anchored = job().replace('- name: vector # ships logs', '- &v\n          name: vector')
  const merged = `apiVersion: batch/v1
kind: Job
metadata: {name: backup}
x-base: &base
  restartPolicy: Never
  containers: [{name: main, image: acme/work}, {name: vector, image: 'timberio/vector:0.48.0'}]
spec:
  template:
    spec:
      <<: *base
`
  const alias = merged.replace('<<: *base', '{<<: [*base]}').replace('{name: vector,', '&v {name: vector,')
  const cases: Readonly<Record<string, readonly [text: string, place: string]>> = {
    list: [list, '16:15'],
    anchored: [anchored, '13:11'],
    merged: [merged, '6:48'],
    alias: [alias, '6:48'],
    second: [`# none\n---\n---\n${job()}`, '16:11'],
    windows: [job().replaceAll('\n', '\r\n'), '13:11'],
    mark: [`\uFEFF${job()}`, '13:11'],
    json: [JSON.stringify(JOB, null, '\t'), '15:6'],
  }
  const cwd = t.testdir(Object.fromEntries(Object.entries(cases).map(([name, [text]]) => [`${name}.yaml`, text])))
  for (const [name, [, place]] of Object.entries(cases)) {
    const { stdout, stderr } = await review([`${name}.yaml`], { cwd })
    t.equal(stderr, '', name)
    t.match(stdout, `${name}.yaml:${place}: error: Job backup never completes`, name)
  }
})

t.test('review shows and counts what is excepted, and does not fail for it', async t => {
  const annotations = `sidecar-reaper.review/ignore-hangs: the proxy ends by itself; until=2999-12-31`
  const cwd = t.testdir({ 'a.yaml': job({ annotations }), 'b.yaml': job({ annotations: annotations.replace('2999', '2020') }) })
  const excepted = await review(['a.yaml'], { cwd })
  t.match(excepted, { code: 0, stdout: /^a\.yaml:16:11: excepted: Job backup never completes/, stderr: '' })
  t.match(excepted.stdout, /\n {4}because: the proxy ends by itself, until 2999-12-31\n/)
  t.match(excepted.stdout, /0 errors, 0 warnings, 0 infos, 1 excepted\.\n$/)
  t.match(await review(['--fix', 'a.yaml'], { cwd }), { code: 0, stdout: /1 excepted\.\n$/ }, 'nor is it mended')
  t.match(await review(['b.yaml'], { cwd }), { code: 1, stdout: /hangs\)[^]*\(exception\)|\(exception\)[^]*hangs\)/ }, 'it is over')
  for (const [format, pattern] of [
    ['sarif', /"suppressions":\[\{"kind":"external","status":"accepted","justification":"the proxy ends by itself"/],
    ['junit', /failures="0"[^]*excepted: Job backup/],
    ['github', /^$/],
    ['json', /"exception":\{"reason":"the proxy ends by itself","until":"2999-12-31"\}/],
  ] as const)
    t.match((await review(['-o', format, 'a.yaml'], { cwd })).stdout, pattern, format)
})

t.test('review ends on Ctrl-C, also between files that are read at once', async t => {
  const cwd = t.testdir(Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`${index}.yaml`, job()])))
  const child = started(['review', '.'], { cwd })
  const end = ended(child)
  await once(child.stdout, 'data')
  child.kill('SIGINT')
  const { code, stdout, stderr } = await end
  t.strictSame([code, stderr], [130, ''])
  t.match(stdout, /^0\.yaml:13:11: error: /)
  t.notMatch(stdout, /reviewed/)
})
