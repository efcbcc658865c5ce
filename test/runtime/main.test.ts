import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { constants } from 'node:fs'
import { type FileHandle, open, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createSocketServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { loadAll } from 'js-yaml'
import t, { type Test } from 'tap'
import { kubeconfig } from '../sandbox/kubeconfig.ts'
import { jobManifest } from '../sandbox/manifests.ts'
import { startSandbox } from '../sandbox/sandbox.ts'

const MAIN = fileURLToPath(new URL('../../runtime/main.ts', import.meta.url))

interface RunOptions {
  readonly stdin?: string
  readonly env?: Readonly<Record<string, string>>
  /** For Node itself. */
  readonly nodeOptions?: readonly string[]
}

function start(args: readonly string[], { env = {}, nodeOptions = [] }: RunOptions = {}) {
  // No kubeconfig of the person who runs the tests.
  return spawn(process.execPath, [...nodeOptions, MAIN, ...args], { env: { PATH: process.env['PATH'], HOME: '/nowhere', ...env } })
}

async function ended(child: ReturnType<typeof start>) {
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ])
  return { code, stdout, stderr }
}

async function run(args: readonly string[], options: RunOptions = {}) {
  const child = start(args, options)
  child.stdin.end(options.stdin ?? '')
  return await ended(child)
}

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'backup-1',
    namespace: 'batch',
    labels: { 'batch.kubernetes.io/job-name': 'backup' },
    annotations: { 'sidecar-reaper/sidecars': 'proxy' },
    ownerReferences: [{ kind: 'Job', name: 'backup', controller: true }],
  },
  spec: { restartPolicy: 'Never', containers: [{ name: 'main' }, { name: 'proxy' }] },
  status: {
    phase: 'Running',
    containerStatuses: [
      { name: 'main', containerID: 'c://a', state: { terminated: { exitCode: 0, finishedAt: '2026-01-01T00:00:00Z' } } },
      { name: 'proxy', containerID: 'c://b', state: { running: {} } },
    ],
  },
}

t.test('main prints its help on standard output and exits with 0', async t => {
  for (const args of [[], ['--help'], ['help']]) t.match(await run(args), { code: 0, stdout: /^Usage: sidecar-reaper /, stderr: '' })
})

t.test('main says on standard error what is wrong with its arguments and exits with 64', async t => {
  t.strictSame(await run(['swep']), {
    code: 64,
    stdout: '',
    stderr: "error: unknown command 'swep', did you mean sweep?\nSee 'sidecar-reaper --help'.\n",
  })
})

t.test('main says everything that is wrong with the settings and exits with 64', async t => {
  const file = `${t.testdir({ 'settings.yaml': 'mode: x\nsettle: 1\n' })}/settings.yaml`
  const { code, stdout, stderr } = await run(['sweep', '--settings', file])
  t.match({ code, stdout }, { code: 64, stdout: '' })
  t.strictSame(
    stderr.replaceAll(`${file}: `, ''),
    'mode: got "x", expected one of report, annotated, enforce\nsettle: got 1, expected a duration such as 500ms, 2s, 1m30s or 1h\n',
  )
})

t.test('main prints the version of all that decides', async t => {
  const { code, stdout } = await run(['version', '-o', 'json'])
  const wasm = createHash('sha256')
    .update(await readFile(new URL('../../dist/policy.wasm', import.meta.url)))
    .digest('hex')
  t.match(
    { code, version: JSON.parse(stdout) as unknown },
    { code: 0, version: { version: /^\d/, policy: { wasm, catalogue: /^[0-9a-f]{64}$/ }, node: process.version } },
  )
  t.match(await run(['version']), { stdout: `policy.wasm    sha256 ${wasm}\n` })
})

t.test('main prints the catalogue, rows of the settings included', async t => {
  const row = { title: 'Ours', names: ['ours'], images: [], sources: [] }
  const file = `${t.testdir({ 'settings.json': JSON.stringify({ catalogue: { ours: row } }) })}/settings.json`
  t.match(await run(['catalogue', '--settings', file]), { code: 0, stdout: /^NAME .*\n(.*\n)*ours +Ours +ours +complete\n/ })
  const { stdout } = await run(['catalogue', 'ours', '-o', 'json', '--settings', file])
  const defaults = { prefixes: [], marks: [], ways: [], doubts: [], programs: [], runsArgs: false, wrappedWhen: [], last: false, notes: [] }
  t.strictSame(JSON.parse(stdout), { kind: 'sidecar', id: 'ours', ...row, ...defaults })
  t.match(await run(['catalogue', 'ours', '--settings', file]), { code: 0, stdout: /^Ours \(ours\)\n/ })
  for (const name of ['istoi', 'istio-proxy'])
    t.match(await run(['catalogue', name]), {
      code: 64,
      stderr: `error: unknown sidecar '${name}', did you mean istio?\nSee 'sidecar-reaper catalogue'.\n`,
    })
})

t.test('main renders the manifests that run it, as YAML with comments or as JSON', async t => {
  const yaml = await run(['render', '--image', 'registry.example/reaper:1'])
  t.match(yaml, { code: 0, stderr: '', stdout: /# way complete: set the phase that the mains earned\n +- apiGroups/ })
  const json = await run(['render', '--image', 'registry.example/reaper:1', '-o', 'json'])
  t.match(json, { code: 0, stderr: '' })
  t.strictSame(
    json.stdout.split('\n').filter(Boolean).map(line => JSON.parse(line).kind), // prettier-ignore
    loadAll(yaml.stdout).map(object => Reflect.get(Object(object), 'kind')),
  )
})

t.test('main explains the pods of a file and of standard input', async t => {
  const file = `${t.testdir({ 'pod.json': JSON.stringify(pod) })}/pod.json`
  const fromFile = await run(['explain', '-f', file])
  t.match(fromFile, { code: 0, stderr: '', stdout: /^ {2}Pod: +batch\/backup-1\n[^]*Decision: +end, / })
  const list = JSON.stringify({ kind: 'List', items: [pod, pod] })
  const { code, stdout } = await run(['explain', '-f', '-', '-o', 'json'], { stdin: list })
  const records = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown)
  t.equal(code, 0)
  t.match(records, [
    { kind: 'verdict', namespace: 'batch', pod: 'backup-1', decision: 'end' },
    { kind: 'verdict', decision: 'end' },
  ])
})

t.test('main says why a file cannot be explained and exits with 64', async t => {
  const explain = async (object: object) => await run(['explain', '-f', '-'], { stdin: JSON.stringify(object) })
  t.match(await explain({ kind: 'Job', metadata: { name: 'a' } }), {
    code: 64,
    stdout: '',
    stderr: /^<stdin>: got kind Job, expected a Pod; its pods: [^\n]*\n$/,
  })
  t.match(await explain({ ...pod, spec: { containers: 'none' } }), {
    code: 64,
    stdout: '',
    stderr: /^<stdin>: spec\.containers: got "none", expected a list\n$/,
  })
  t.match(await run(['explain', '-f', '/nowhere']), { code: 64, stderr: '/nowhere: no such file\n' })
})

t.test('main without a cluster says where it looked and exits with 3', async t => {
  t.match(await run(['sweep']), { code: 3, stdout: '', stderr: /^error: No cluster to talk to: [^\n]*\n$/ })
  t.match(await run(['sweep', '--kubeconfig', '/nowhere/config']), { code: 3, stderr: /^error: [^\n]*\/nowhere\/config[^\n]*\n$/ })
})

t.test('main shows a stack to whoever debugs, and to nobody else', async t => {
  t.match(await run(['sweep'], { env: { SIDECAR_REAPER_DEBUG: '1' } }), { code: 3, stderr: /\n {4}at / })
})

t.test('main loads the Kubernetes client and the policy only for commands that need them', async t => {
  const hook = `import { registerHooks } from 'node:module'
registerHooks({ resolve(name, context, next) { const found = next(name, context); if (/client-node|opa-wasm/.test(found.url)) console.error('loads ' + name); return found } })`
  const nodeOptions = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`]
  for (const args of [['version'], ['catalogue'], ['completion', 'bash'], ['sweep', '--help'], ['sweep', '-A', '-n', 'x']])
    t.notMatch((await run(args, { nodeOptions })).stderr, 'loads', args.join(' '))
  const { stderr } = await run(['explain', '-f', '-'], { nodeOptions, stdin: JSON.stringify(pod) })
  t.match(stderr, 'loads @open-policy-agent/opa-wasm')
  t.notMatch(stderr, 'client-node')
})

t.test('main ends quietly when nobody reads its output', async t => {
  const child = start(['completion', 'bash'])
  child.stdout.destroy()
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  t.strictSame({ code, stderr }, { code: 0, stderr: '' })
})

t.test('main sweeps a cluster', async t => {
  await using sandbox = await startSandbox()
  sandbox.addNamespace('shop')
  sandbox.addJob(jobManifest({ namespace: 'shop', name: 'invoice', annotations: { 'sidecar-reaper/sidecars': 'proxy' } }), {
    behaviours: { main: { exitAfterMs: 10 }, proxy: {} },
  })
  await sandbox.waitFor(
    () => sandbox.podsOf('shop', 'invoice')[0]?.status.containerStatuses?.some(({ state }) => state?.terminated) ?? false,
  )
  const file = `${t.testdir({ config: sandbox.kubeconfig })}/config`
  const cluster = ['-n', 'shop', '--kubeconfig', file]

  const [{ metadata: { name } } = { metadata: { name: '' } }] = sandbox.podsOf('shop', 'invoice')
  t.match(await run(['explain', name, ...cluster]), { code: 0, stderr: '', stdout: /^ {2}Pod: +shop\/invoice-/ })
  t.match(await run(['explain', 'nobody', ...cluster]), {
    code: 1,
    stdout: '',
    stderr: 'error: there is no pod nobody in namespace shop\n',
  })

  const dry = await run(['sweep', '--dry-run', ...cluster])
  t.match(dry, {
    code: 0,
    stderr: '',
    stdout:
      /^POD .*\ninvoice-\S+ +reported +complete +would complete the pod as Succeeded\n1 pod judged: 1 would be ended\. Dry run: nothing was changed\.\n$/,
  })
  const { code, stdout } = await run(['sweep', '-o', 'json', ...cluster])
  t.equal(code, 0)
  t.match(
    stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as unknown),
    [
      { kind: 'verdict', pod: name, decision: 'end' },
      { kind: 'outcome', pod: name, result: 'ended', way: 'complete' },
      { kind: 'summary', pods: 1, ended: 1 },
    ],
  )
})

t.test('main ends on Ctrl-C and on SIGTERM with its summary', async t => {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const child = await hangingSweep(t)
    const end = ended(child)
    child.kill(signal)
    t.match(await end, { code, stdout: /0 pods judged\.\n$/, stderr: '' }, signal)
  }
})

t.test('main ends at once on Ctrl-C and on SIGTERM while it reads its input', async t => {
  const fifo = `${t.testdir({})}/fifo`
  execFileSync('mkfifo', [fifo])
  for (const [signal, code, args] of [
    ['SIGINT', 130, ['explain', '-f', '-']],
    ['SIGTERM', 143, ['sweep', '--settings', '-']],
    ['SIGTERM', 143, ['explain', '-f', fifo]],
    ['SIGINT', 130, ['catalogue', '--settings', fifo]],
  ] as const) {
    const child = start(args)
    const end = ended(child)
    const writer = args.some(arg => arg === fifo) ? await writerTo(fifo) : await takesInput(child)
    const at = performance.now()
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), 10_000)
    t.strictSame(await end, { code, stdout: '', stderr: '' }, `${args.join(' ')} ${signal}`)
    clearTimeout(late)
    t.ok(performance.now() - at < 5000)
    await writer?.close()
  }
})

t.test('main ends at once on Ctrl-C while a credential plugin hangs', async t => {
  const folder = t.testdir({})
  // Deaf, and what it started itself holds its pipes for longer.
  const script = `trap '' TERM INT; sleep 20 & touch ${folder}/started; exec sleep 60`
  const config = kubeconfig({ url: 'https://127.0.0.1:1', token: 'x', namespace: 'shop' })
  await writeFile(`${folder}/config`, config.replace(/token: .*/, `exec: ${JSON.stringify({ command: 'sh', args: ['-c', script] })}`))
  const child = start(['sweep', '--kubeconfig', `${folder}/config`])
  const end = ended(child)
  await eventually(() => readFile(`${folder}/started`))
  const at = performance.now()
  child.kill('SIGINT')
  t.match(await end, { code: 130, stdout: /0 pods judged\.\n$/, stderr: '' })
  t.ok(performance.now() - at < 15_000)
})

t.test('main ends at once on Ctrl-C while a proxy hangs', async t => {
  const proxy = createSocketServer(socket => void socket.on('error', () => {})).listen(0, '127.0.0.1')
  t.teardown(() => proxy.close())
  await once(proxy, 'listening')
  const { port } = proxy.address() as AddressInfo // it listens on a port
  const file = `${t.testdir({ config: kubeconfig({ url: 'https://api.test', token: 'x', namespace: 'shop' }) })}/config`
  const child = start(['sweep', '--kubeconfig', file], { env: { HTTPS_PROXY: `127.0.0.1:${port}` } })
  const end = ended(child)
  await once(proxy, 'connection')
  child.kill('SIGINT')
  const late = setTimeout(() => child.kill('SIGKILL'), 15_000)
  t.match(await end, { code: 130, stdout: /0 pods judged\.\n$/, stderr: '' })
  clearTimeout(late)
})

t.test('main reads a pipe that is written late, and in parts', async t => {
  const fifo = `${t.testdir({})}/fifo`
  execFileSync('mkfifo', [fifo])
  const child = start(['catalogue', 'nothing', '--settings', fifo])
  const end = ended(child)
  const writer = await writerTo(fifo)
  await writer.write('mode: enforce\nsettle')
  await sleep(50)
  await writer.write(': 1\n')
  await writer.close()
  t.match(await end, { code: 64, stderr: `${fifo}: settle: got 1, expected a duration such as 500ms, 2s, 1m30s or 1h\n` })
})

/** The other end of a pipe, once somebody has it open to read. */
function writerTo(fifo: string): Promise<FileHandle> {
  return eventually(() => open(fifo, constants.O_WRONLY | constants.O_NONBLOCK))
}

/** What the attempt gives as soon as it does not fail. */
async function eventually<T>(attempt: () => Promise<T>): Promise<T> {
  for (const deadline = Date.now() + 20_000; ; await sleep(10)) {
    try {
      return await attempt()
    } catch (error) {
      if (Date.now() > deadline) throw error
    }
  }
}

/** Resolves once the process has read more from its standard input than a pipe holds. */
async function takesInput({ stdin }: ReturnType<typeof start>): Promise<undefined> {
  stdin.on('error', () => {}) // it is closed when the process ends
  await new Promise<void>(resolve => void stdin.write(' '.repeat(900_000), () => resolve()))
}

/** A sweep that waits for a server that never answers. */
async function hangingSweep(t: Test): Promise<ReturnType<typeof start>> {
  const server = createServer(() => {}).listen(0, '127.0.0.1')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const file = `${t.testdir({ config: kubeconfig({ url: `http://127.0.0.1:${port}`, token: 'x', namespace: 'shop' }) })}/config`
  const child = start(['sweep', '--kubeconfig', file])
  await once(server, 'request')
  return child
}

// No cluster is reached for what a pipe can answer: a build would pay for the client, and needs no network.
const NO_CLIENT = `import { registerHooks } from 'node:module'
registerHooks({ resolve(name, context, next) {
  if (/kubernetes\\/client-node|\\/cluster\\/connect/.test(name)) throw new Error('loaded ' + name)
  return next(name, context)
} })`

t.test('fn reads a ResourceList and prints one, without the Kubernetes client', async t => {
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'backup' },
    spec: {
      activeDeadlineSeconds: 60,
      template: { spec: { containers: [{ name: 'work' }, { name: 'fluent-bit', image: 'fluent/fluent-bit:4.2' }] } },
    },
  }
  const list = { apiVersion: 'config.kubernetes.io/v1', kind: 'ResourceList', items: [job] }
  const nodeOptions = ['--import', `data:text/javascript,${encodeURIComponent(NO_CLIENT)}`]
  const checked = await run(['fn'], { stdin: JSON.stringify(list), nodeOptions })
  t.match(checked, { code: 1, stderr: /^error: .*Job backup never completes/ })
  t.match(JSON.parse(JSON.stringify(loadAll(checked.stdout))), [
    { items: [job], results: [{ severity: 'error', tags: { rule: 'hangs' } }] },
  ])
  const functionConfig = { apiVersion: 'v1', kind: 'ConfigMap', data: { annotate: 'true' } }
  const annotated = await run(['fn'], { stdin: JSON.stringify({ ...list, functionConfig }), nodeOptions })
  t.match(loadAll(annotated.stdout), [
    { items: [{ spec: { template: { metadata: { annotations: { 'sidecar-reaper/sidecars': 'fluent-bit' } } } } }] },
  ])
  t.equal(annotated.code, 0)
  t.match(await run(['fn'], { stdin: 'kind: Job\n' }), { code: 64, stdout: '', stderr: '<stdin>: got kind Job, expected ResourceList\n' })
})
