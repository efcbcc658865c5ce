import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { POLICY_FILES } from '../../../runtime/files.ts'
import type { SweepRecord } from '../../../runtime/outcome.ts'
import { kubeconfig } from '../../sandbox/kubeconfig.ts'
import { container, stuckPod } from '../../sandbox/manifests.ts'
import type { PodManifest } from '../../sandbox/objects.ts'
import { type Sandbox, startSandbox, type SandboxOptions } from '../../sandbox/sandbox.ts'
import { api, certificate, folder, json } from '../cluster/api.ts'
import { withGlobal } from './wasm.ts'

// Whatever comes in: one clear line on standard error, the right exit code, and nothing ended. What needs no cluster and
// no file of its own is in main.test.ts.
t.jobs = 4

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const listed = { 'sidecar-reaper/sidecars': 'proxy' }

async function run(args: readonly string[], { root = ROOT, stdin = '' } = {}) {
  const child = spawn(process.execPath, [join(root, 'runtime/main.ts'), ...args], { env: { PATH: process.env['PATH'], HOME: '/nowhere' } })
  child.stdin.end(stdin)
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')])
  return { code: Number(code), stdout, stderr }
}

/** The path of a kubeconfig for that server. */
async function access(t: Test, url: string, token = 'x'): Promise<string> {
  const file = join(folder(t), 'config')
  await writeFile(file, kubeconfig({ url, token, namespace: 'default' }))
  return file
}

/** A sandbox with these pods in memory, and the arguments that sweep it. */
async function cluster(
  t: Test,
  pods: readonly PodManifest[],
  options: SandboxOptions = {},
): Promise<{ sandbox: Sandbox; sweep: readonly string[] }> {
  const sandbox = await startSandbox({ processes: 'memory', ...options })
  t.teardown(sandbox.close)
  for (const pod of pods) sandbox.addPod(pod)
  return { sandbox, sweep: ['sweep', '--kubeconfig', await access(t, sandbox.url, sandbox.token)] }
}

/** One line, not too long, with nothing in it that a terminal obeys. */
function isOneLine(t: Test, stderr: string): void {
  t.match(stderr, /^error: [^\n]{10,600}\n$/)
  t.notMatch(stderr.trimEnd(), /\p{Cc}/u)
}

function recordsOf(stdout: string): readonly SweepRecord[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as SweepRecord) // printed by us
}

t.test('a server that cannot be reached: 3', async t => {
  const { code, stderr } = await run(['sweep', '--kubeconfig', await access(t, 'http://127.0.0.1:1'), '--settings', await quick(t)])
  t.equal(code, 3)
  isOneLine(t, stderr)
  t.match(stderr, /http:\/\/127\.0\.0\.1:1 \(kubeconfig .*, context sandbox\) refuses connections, check /)
})

t.test('a server with a wrong certificate: 3', async t => {
  const { key, cert, certFile } = certificate(t, 'someone', 'DNS:elsewhere.example')
  const server = createServer({ key, cert }, (_, response) => response.end('{}')).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo // it listens on a port
  for (const [authority, expected] of [
    ['', /is not trusted \(DEPTH_ZERO_SELF_SIGNED_CERT\), check certificate-authority/],
    [certFile, /is not for this name but for DNS:elsewhere\.example/],
  ] as const) {
    const file = await access(t, `https://127.0.0.1:${port}`)
    const line = authority === '' ? '' : `    certificate-authority: ${authority}\n`
    await writeFile(file, (await readFile(file, 'utf8')).replace(/ {4}insecure.*\n/, line))
    const { code, stderr } = await run(['sweep', '--kubeconfig', file])
    t.equal(code, 3)
    isOneLine(t, stderr)
    t.match(stderr, expected)
  }
})

t.test('an expired token: 3', async t => {
  const { sandbox } = await cluster(t, [stuckPod('p0', { annotations: listed })])
  const { code, stderr } = await run(['sweep', '--kubeconfig', await access(t, sandbox.url, 'of yesterday')])
  t.equal(code, 3)
  isOneLine(t, stderr)
  t.match(stderr, /token expired or not accepted by .*, renew the login/)
  t.strictSame(sandbox.changes(), [])
})

t.test('a namespace that does not exist: 3, also for explain', async t => {
  const { sandbox, sweep } = await cluster(t, [])
  const { code, stdout, stderr } = await run([...sweep, '-n', 'nowhere'])
  t.strictSame([code, stdout], [3, ''])
  isOneLine(t, stderr)
  t.match(stderr, /Cannot read namespace nowhere: not found/)
  t.strictSame(sandbox.changes(), [])
})

t.test('a namespace with nothing in it: 0', async t => {
  const { sweep } = await cluster(t, [])
  t.match(await run(sweep), { code: 0, stderr: '', stdout: '0 pods judged.\n' })
})

t.test('no right to list pods: 3, with the right that is missing; to list some of them: 1', async t => {
  const pod = stuckPod('p0', { annotations: listed })
  const none = await cluster(t, [pod], { denied: [{ verb: 'list', resource: 'pods' }] })
  const refused = await run(none.sweep)
  t.equal(refused.code, 3)
  isOneLine(t, refused.stderr)
  t.match(
    refused.stderr,
    /needs verb list on resource pods \(core API group\), in namespace default; grant it with a Role and a RoleBinding there/,
  )
  const some = await cluster(t, [stuckPod('p0', { namespace: 'a' })], {
    denied: [
      { verb: 'list', resource: 'pods', namespace: '' },
      { resource: 'pods', namespace: 'default' },
    ],
  })
  const { code, stdout } = await run([...some.sweep, '-A'])
  t.equal(code, 1)
  t.match(stdout, /warning: Not every namespace could be read: Cannot list pods in namespace default: needs verb list/)
})

t.test('JSON that is none, from the server: 3', async t => {
  for (const [answer, expected] of [
    ['<html>Sign in</html>', /a body that is no JSON object/],
    ['[]', /answered with no list/],
  ] as const) {
    const { url } = await api(t, ({ path }, response) => {
      if (path.endsWith('/pods')) response.end(answer)
      else json(response, path.endsWith('/nodes') ? { items: [] } : { metadata: {} })
    })
    const { code, stderr } = await run(['sweep', '--kubeconfig', await access(t, url), '--settings', await quick(t)])
    t.equal(code, 3)
    isOneLine(t, stderr)
    t.match(stderr, expected)
  }
})

/** Settings that give up soon. */
async function quick(t: Test): Promise<string> {
  const file = join(folder(t), 'settings.yaml')
  await writeFile(file, 'callTimeout: 2s\n')
  return file
}

t.test('JSON that is none, from standard input: 64', async t => {
  for (const stdin of ['', '{"kind":"Pod"']) {
    const { code, stdout, stderr } = await run(['explain', '-f', '-'], { stdin })
    t.strictSame([code, stdout], [64, ''], JSON.stringify(stdin))
    t.match(stderr, /^[^\n]{10,400}\n$/)
  }
})

t.test('a settings file that is a directory: 64, before anything is asked', async t => {
  const { sandbox, sweep } = await cluster(t, [stuckPod('p0', { annotations: listed })])
  const { code, stdout, stderr } = await run([...sweep, '--settings', folder(t)])
  t.strictSame([code, stdout], [64, ''])
  t.match(stderr, /^\S+: is a directory, expected a file\n$/)
  t.strictSame(sandbox.requests, [])
})

t.test('a pod without status, without containers, or with fields of other types: none is ended, and the sweep goes on', async t => {
  const metadata = {
    name: 'p',
    namespace: 'default',
    uid: 'u',
    resourceVersion: '1',
    labels: { 'batch.kubernetes.io/job-name': 'j' },
    annotations: listed,
  }
  const { spec, status } = stuckPod('p')
  const pods = [
    { metadata, spec },
    { metadata, spec, status: null },
    { metadata, spec: {}, status: {} },
    { metadata },
    { metadata, spec: { containers: null }, status },
    { metadata, spec: { containers: 'two' }, status },
    { metadata, spec, status: { ...status, containerStatuses: {} } },
    { metadata: { ...metadata, annotations: { 'sidecar-reaper/sidecars': 1 } }, spec, status },
    { metadata: { ...metadata, deletionTimestamp: 'soon' }, spec, status },
    {},
  ].map((pod, index) => ('metadata' in pod ? { ...pod, metadata: { ...pod.metadata, name: `p${index}`, uid: `u${index}` } } : pod))
  const { url, received } = await api(t, ({ path }, response) =>
    json(
      response,
      path.endsWith('/pods')
        ? { metadata: { resourceVersion: '1' }, items: pods }
        : path.endsWith('/nodes')
          ? { items: [] }
          : { metadata: {} },
    ),
  )
  const { code, stdout, stderr } = await run(['sweep', '-o', 'json', '--settings', await settled(t), '--kubeconfig', await access(t, url)])
  t.strictSame([code, stderr], [0, ''])
  const records = recordsOf(stdout)
  t.equal(records.length, pods.length + 1)
  t.ok(records.every(record => record.kind !== 'outcome' && (record.kind !== 'verdict' || record.decision !== 'end')))
  t.match(records.at(-1), { kind: 'summary', pods: pods.length, ended: 0, failed: 0 })
  t.notOk(received.some(({ method, path }) => method !== 'GET' && !path.endsWith('/events')))
})

/** Settings without a settle delay. */
async function settled(t: Test): Promise<string> {
  const file = join(folder(t), 'settings.yaml')
  await writeFile(file, 'settle: 0s\nowners: [any]\n')
  return file
}

t.test('a thousand containers: judged and ended like any other', async t => {
  const pod = stuckPod('p0', { annotations: { 'sidecar-reaper/mains': 'main' } })
  const proxies = Array.from({ length: 999 }, (_, index) => ({
    name: `proxy-${index}`,
    containerID: `containerd://${String(index).padStart(64, '0')}`,
  }))
  const [main, proxy] = pod.status?.containerStatuses ?? []
  if (main === undefined || proxy === undefined) return t.fail('the pod has a main and a proxy')
  const spec = { ...pod.spec, containers: [container('main'), ...proxies.map(({ name }) => container(name))] }
  const containerStatuses = [main, ...proxies.map(one => ({ ...proxy, ...one }))]
  const { sandbox, sweep } = await cluster(t, [{ ...pod, spec, status: { ...pod.status, containerStatuses } }], {
    timings: { reportMs: 50 },
  })
  const { code, stdout, stderr } = await run(sweep)
  t.strictSame([code, stderr], [0, ''])
  t.match(stdout, /\n1 pod judged: 1 ended\.\n$/)
  t.equal(sandbox.signals('default', 'p0').filter(({ signal }) => signal === 'TERM').length, 999)
})

t.test('names with control characters: escaped wherever they are printed', async t => {
  const evil = 'p\u{1b}[2J\u{202e}\n::error::x'
  const [first, second] = [`main${evil}`, `proxy${evil}`]
  const pod = stuckPod('p0', { annotations: { 'sidecar-reaper/sidecars': `${second}, ghost${evil}` } })
  const rename = <T extends { readonly name: string }>(one: T): T => ({ ...one, name: one.name === 'main' ? first : second })
  const named = {
    metadata: { ...pod.metadata, name: evil },
    spec: { ...pod.spec, containers: pod.spec.containers.map(rename) },
    status: { ...pod.status, containerStatuses: pod.status?.containerStatuses?.map(rename) },
  }
  const { url } = await api(t, ({ path }, response) =>
    json(
      response,
      path.endsWith('/pods')
        ? { metadata: { resourceVersion: '1' }, items: [{ ...named, metadata: { ...named.metadata, uid: 'u' } }] }
        : path.endsWith('/nodes')
          ? { items: [{ metadata: { name: 'sandbox-node' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } }] }
          : { metadata: {} },
    ),
  )
  const file = await access(t, url)
  const swept = await run(['sweep', '--dry-run', '--kubeconfig', file])
  const explained = await run(['explain', '-f', '-'], { stdin: JSON.stringify({ kind: 'Pod', ...named }) })
  for (const { code, stdout, stderr } of [swept, explained]) {
    t.strictSame([code, stderr], [0, ''])
    t.match(stdout, '\\u{1b}[2J\\u{202e}\\u{a}')
    t.notMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
    t.notMatch(stdout, /^::error/m)
  }
})

t.test('annotations of 256 KiB: refused in a line that stays short', async t => {
  const size = 256 * 1024
  const pods = [
    { ...listed, 'sidecar-reaper/containers': 'x'.repeat(size) },
    { ...listed, 'sidecar-reaper/containers': `{"proxy":${'['.repeat(size)}` },
    { ...listed, 'sidecar-reaper/containers': `{"proxy":{"exit":"${'ü'.repeat(size)}"}}` },
    { ...listed, 'sidecar-reaper/settle': '1'.repeat(size) },
    { 'sidecar-reaper/sidecars': `proxy,${'a,'.repeat(size / 2)}`, 'sidecar-reaper/mains': 'proxy' },
  ].map((annotations, index) => stuckPod(`p${index}`, { annotations }))
  const { sandbox, sweep } = await cluster(t, pods)
  const { code, stdout, stderr } = await run([...sweep, '--fail-on', 'refused'])
  t.strictSame([code, stderr], [1, ''])
  for (const { metadata } of pods) t.match(stdout, new RegExp(`^${metadata.name} +refused `, 'm'))
  t.ok(stdout.length < 10_000, `${stdout.length} characters`)
  t.ok(sandbox.changes().every(({ verb, resource }) => `${verb} ${resource}` === 'create events'))
})

t.test('a wasm that is truncated, or of another ABI: 64, before anything is asked', async t => {
  const { sandbox, sweep } = await cluster(t, [stuckPod('p0', { annotations: listed })])
  const root = folder(t)
  await mkdir(join(root, 'dist'))
  await Promise.all([
    cp(join(ROOT, 'runtime'), join(root, 'runtime'), { recursive: true }),
    cp(join(ROOT, 'package.json'), join(root, 'package.json')),
    cp(POLICY_FILES.catalogue, join(root, 'dist/catalogue.json')),
    symlink(join(ROOT, 'node_modules'), join(root, 'node_modules')),
  ])
  const wasm = await readFile(POLICY_FILES.wasm)
  for (const [bytes, expected] of [
    [wasm.subarray(0, wasm.length / 2), /it is no policy compiled by opa build -t wasm: /],
    [withGlobal(wasm, 'opa_wasm_abi_version', 2), /it is no policy compiled by opa build -t wasm: .*ABI/],
    [withGlobal(wasm, 'opa_wasm_abi_minor_version', 1), /its OPA wasm ABI is 1\.1, expected 1\.2 or later/],
  ] as const) {
    await writeFile(join(root, 'dist/policy.wasm'), bytes)
    const { code, stdout, stderr } = await run(sweep, { root })
    t.strictSame([code, stdout], [64, ''])
    isOneLine(t, stderr)
    t.match(stderr, /^error: Cannot load the policy from .*policy\.wasm: /)
    t.match(stderr, expected)
  }
  t.strictSame(sandbox.requests, [])
})
