import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadAll } from 'js-yaml'
import t from 'tap'
import { goTool } from '../../scripts/go-tool.ts'

// The real kustomize runs the built program as its exec function.

t.setTimeout(1_800_000) // the first run builds kustomize
const kustomize = await goTool('kustomize')
const PROGRAM = fileURLToPath(new URL('../../dist/sidecar-reaper.mjs', import.meta.url))

const JOB = `apiVersion: batch/v1
kind: Job
metadata:
  name: import
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: work # does the work
          image: acme/import
        - name: cloud-sql-proxy
          image: gcr.io/cloud-sql-connectors/cloud-sql-proxy:2.27.0
          args: [--port=5432, p:r:i]
---
apiVersion: v1
kind: Service
metadata:
  name: other
spec:
  ports: [{port: 80}]
`

function functionConfig(name: string, spec: string): string {
  return `apiVersion: sidecar-reaper.dev/v1alpha1
kind: SidecarReaper
metadata:
  name: ${name}
  annotations:
    config.kubernetes.io/function: |
      exec:
        path: ${process.execPath}
        args: [${PROGRAM}, fn]
spec: ${spec}
`
}

async function build(folder: string, path = process.env['PATH']) {
  const options = { maxBuffer: 2 ** 26, env: { ...process.env, PATH: path } }
  return promisify(execFile)(kustomize, ['build', '--enable-alpha-plugins', '--enable-exec', folder], options).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  )
}

interface Printed {
  readonly kind: string
  readonly spec: { readonly template: { readonly spec: object } }
}

function podSpecOf(text: string): object | undefined {
  return (loadAll(text) as Printed[]).find(({ kind }) => kind === 'Job')?.spec.template.spec // what kustomize prints are objects
}

t.test('a transformer makes the sidecar native, and a second run changes nothing', async t => {
  const folder = t.testdir({
    'kustomization.yaml': 'resources: [job.yaml]\ntransformers: [fn.yaml]\n',
    'job.yaml': JOB,
    'fn.yaml': functionConfig('sidecars', '{native: {minKubeletVersion: "1.33"}, flags: {ways: [signal]}}'),
  })
  const { code, stdout, stderr } = await build(folder)
  t.equal(code, 0, stderr)
  t.match(podSpecOf(stdout) ?? {}, {
    containers: [{ name: 'work' }],
    initContainers: [{ name: 'cloud-sql-proxy', restartPolicy: 'Always', args: ['--port=5432', 'p:r:i', '--exit-zero-on-sigterm'] }],
  })
  t.notMatch(stdout, /internal\.config\.kubernetes\.io/)
  t.match(stderr, /info: .*cloud-sql-proxy becomes a native sidecar/)
  const again = t.testdir({
    'kustomization.yaml': 'resources: [job.yaml]\ntransformers: [fn.yaml]\n',
    'job.yaml': stdout,
    'fn.yaml': functionConfig('sidecars', '{native: {minKubeletVersion: "1.33"}, flags: {ways: [signal]}}'),
  })
  t.strictSame(await build(again), { code: 0, stdout, stderr: '' })
})

t.test('two functions in one build do not fight', async t => {
  const folder = t.testdir({
    'kustomization.yaml': 'resources: [job.yaml]\ntransformers: [annotate.yaml, flags.yaml]\nvalidators: [check.yaml]\n',
    'job.yaml': JOB,
    'annotate.yaml': functionConfig('annotate', '{annotate: true}'),
    'flags.yaml': functionConfig('flags', '{flags: true}'),
    'check.yaml': functionConfig('check', '{failOn: warning}'),
  })
  const { code, stdout, stderr } = await build(folder)
  t.equal(code, 0, stderr)
  t.match(stdout, /sidecar-reaper\/sidecars: cloud-sql-proxy/)
  t.match(stdout, /--exit-zero-on-sigterm/)
})

t.test('without a patch it only checks: a build with a Job that will hang fails', async t => {
  const files = { 'kustomization.yaml': 'resources: [job.yaml]\ntransformers: [fn.yaml]\n', 'fn.yaml': functionConfig('check', '{}') }
  const failed = await build(t.testdir({ ...files, 'job.yaml': JOB }))
  t.not(failed.code, 0)
  t.equal(failed.stdout, '')
  t.match(failed.stderr, /error: .*Job import never completes: cloud-sql-proxy/)
})

t.test('and others pass as they are', async t => {
  const job = JOB.replace('cloud-sql-connectors/cloud-sql-proxy', 'acme/other')
  const checked = await build(
    t.testdir({
      'kustomization.yaml': 'resources: [job.yaml]\ntransformers: [fn.yaml]\n',
      'job.yaml': job,
      'fn.yaml': functionConfig('check', '{}'),
    }),
  )
  t.match(checked, { code: 0, stderr: /^info: .*\(known-by-half\)\n$/ })
  t.match(podSpecOf(checked.stdout) ?? {}, { containers: [{ name: 'work' }, { name: 'cloud-sql-proxy' }] })
})

// kubernetes-sigs/kustomize#5036: kustomize notes paths on whatever a function gives back, writes fields in its own order,
// and takes both for changes by the validator. Behind a check among the transformers they are there before.
t.test('a validator behind a transformer that only checks lets a build pass', async t => {
  const folder = t.testdir({
    'kustomization.yaml': 'resources: [job.yaml]\ntransformers: [fn.yaml, check.yaml]\nvalidators: [last.yaml]\n',
    'job.yaml': JOB,
    'fn.yaml': functionConfig('sidecars', '{native: {minKubeletVersion: "1.33"}}'),
    'check.yaml': functionConfig('check', '{}'),
    'last.yaml': functionConfig('last', '{}'),
  })
  const { code, stdout, stderr } = await build(folder)
  t.equal(code, 0, stderr)
  t.match(podSpecOf(stdout) ?? {}, { initContainers: [{ name: 'cloud-sql-proxy' }] })
})

t.test('a validator alone is refused by kustomize, whatever it is: cat too', async t => {
  const files = { 'kustomization.yaml': 'resources: [job.yaml]\nvalidators: [fn.yaml]\n', 'job.yaml': JOB }
  const cat = functionConfig('cat', '{}').replace(process.execPath, '/bin/cat').replace(`[${PROGRAM}, fn]`, '[]')
  const { code, stderr } = await build(t.testdir({ ...files, 'fn.yaml': cat }))
  t.not(code, 0)
  t.match(stderr, /validator shouldn't modify the resource map/)
})

t.test('a generator renders the reaper from no input', async t => {
  const folder = t.testdir({
    'kustomization.yaml': 'generators: [fn.yaml]\n',
    'fn.yaml': functionConfig('reaper', '{reaper: {image: "registry.example/reaper:1", namespace: batch}}'),
  })
  const { code, stdout, stderr } = await build(folder)
  t.equal(code, 0, stderr)
  const kinds = (loadAll(stdout) as { kind: string }[]).map(({ kind }) => kind) // what kustomize prints are objects
  t.ok(['Namespace', 'ServiceAccount', 'ClusterRole', 'CronJob'].every(kind => kinds.includes(kind)))
})

t.test('a mistake in the configuration is named', async t => {
  const folder = t.testdir({
    'kustomization.yaml': 'resources: [job.yaml]\ntransformers: [fn.yaml]\n',
    'job.yaml': JOB,
    'fn.yaml': functionConfig('sidecars', '{native: {minKubeletVersion: "1.27"}}'),
  })
  const { code, stderr } = await build(folder)
  t.not(code, 0)
  t.match(stderr, /functionConfig\.spec: native\.minKubeletVersion: got "1\.27", expected/)
})

t.test('the builds of the README and of docs/kustomize.md work as they are written', async t => {
  for (const page of ['README.md', 'docs/kustomize.md']) {
    const text = await readFile(new URL(`../../${page}`, import.meta.url), 'utf8')
    const blocks = [...text.matchAll(/^```yaml\n# (\S+\.yaml)\n([^]*?)^```$/gm)].map(([, file = '', block = '']) => [file, block])
    t.strictSame(new Set(blocks.map(([file]) => file)), new Set(['kustomization.yaml', 'sidecars.yaml']), page)
    const folder = t.testdir({
      bin: { 'sidecar-reaper': t.fixture('symlink', PROGRAM) },
      build: { ...Object.fromEntries(blocks), 'job.yaml': JOB },
    })
    const path = [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter)
    const { code, stdout, stderr } = await build(join(folder, 'build'), path)
    t.equal(code, 0, stderr)
    t.match(podSpecOf(stdout), { initContainers: [{ name: 'cloud-sql-proxy', restartPolicy: 'Always' }] }, page)
  }
})
