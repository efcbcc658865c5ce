import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { createTarGzip } from 'nanotar'
import t from 'tap'
import { defaultSettings } from '../../../runtime/settings.ts'
import { COMMITTED } from '../../policy/committed.ts'
import { job, lines, review } from './harness.ts'

t.jobs = 4

const WASM = await readFile(COMMITTED.wasm)
const CATALOGUE = JSON.parse(await readFile(COMMITTED.catalogue, 'utf8')) as object // our own build's file

/** A bundle as opa build makes it. */
async function bundle(files: Readonly<Record<string, string | Buffer>>): Promise<Buffer> {
  return Buffer.from(await createTarGzip(Object.entries(files).map(([name, data]) => ({ name, data: new Uint8Array(Buffer.from(data)) }))))
}

t.test('review --policy says what a bundle says too, with the data in it', async t => {
  const settings = { ...defaultSettings(), sidecars: ['second'] }
  const cwd = t.testdir({
    'job.yaml': job({ image: 'acme/logs' }),
    'theirs.tar.gz': await bundle({ '/data.json': JSON.stringify({ ...CATALOGUE, settings }), '/policy.wasm': WASM }),
  })
  const alone = await review(['-o', 'json', 'job.yaml'], { cwd })
  t.match(lines(alone.stdout), [{ kind: 'summary', info: 0 }])
  const { stdout, stderr, code } = await review(['-o', 'json', '--policy', 'theirs.tar.gz', 'job.yaml'], { cwd })
  t.strictSame([stderr, code], ['', 0])
  t.match(lines(stdout), [
    { kind: 'finding', rule: 'needs-reaper', line: 13, fix: { text: /^make second a native sidecar/, patch: [] } },
    { kind: 'summary', info: 1, policy: { others: [{ file: 'theirs.tar.gz', sha256: /^[0-9a-f]{64}$/ }] } },
  ])
  const chosen = await review(['-o', 'json', '--policy', 'theirs.tar.gz', '--rule', 'their-own', 'job.yaml'], { cwd })
  t.match(lines(chosen.stdout), [{ kind: 'summary' }], 'a rule of theirs may be asked for')
})

t.test('a policy that cannot be used is told with what would do', async t => {
  const cwd = t.testdir({
    'job.yaml': job(),
    'text.rego': 'package main\n',
    'cut.wasm': WASM.subarray(0, 1000),
    'zip.tar.gz': gzipSync('no tar'),
    'empty.tar.gz': await bundle({ 'data.json': '{}' }),
    'data.tar.gz': await bundle({ 'policy.wasm': WASM, 'data.json': '{' }),
    'list.tar.gz': await bundle({ 'policy.wasm': WASM, 'data.json': '[]' }),
  })
  const cases: readonly (readonly [file: string, stderr: RegExp])[] = [
    ['nowhere', /^error: Cannot load the policy nowhere: no such file\n$/],
    [
      'text.rego',
      /^error: Cannot load the policy text\.rego: it is neither wasm nor a bundle \(tar\.gz\): .*; build it with opa build -t wasm -e PACKAGE\/deny\n$/,
    ],
    ['cut.wasm', /^error: Cannot load the policy cut\.wasm: it is no policy compiled to wasm: /],
    ['zip.tar.gz', /^error: Cannot load the policy zip\.tar\.gz: (the bundle holds no policy\.wasm|it is neither wasm nor a bundle)/],
    ['empty.tar.gz', /^error: Cannot load the policy empty\.tar\.gz: the bundle holds no policy\.wasm/],
    ['data.tar.gz', /^error: Cannot load the policy data\.tar\.gz: its data\.json is no JSON/],
    ['list.tar.gz', /^error: Cannot load the policy list\.tar\.gz: its data\.json is no mapping\n$/],
  ]
  for (const [file, stderr] of cases) t.match(await review(['--policy', file, 'job.yaml'], { cwd }), { code: 64, stdout: '', stderr }, file)
})
