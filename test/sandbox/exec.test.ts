import t from 'tap'
import WebSocket from 'ws'
import type { Behaviour } from './behaviour.ts'
import { exec } from './client.ts'
import { stuckPod } from './manifests.ts'
import { startSandbox } from './sandbox.ts'
import type { Sandbox } from './sandbox.ts'

async function sandboxWith(proxy: Behaviour, spec: object = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ processes: 'memory' })
  const manifest = stuckPod('p')
  sandbox.addPod({ ...manifest, spec: { ...manifest.spec, ...spec } }, { behaviours: { proxy } })
  return sandbox
}

function proxyExit(sandbox: Sandbox): number | undefined {
  return sandbox.pod('default', 'p')?.status.containerStatuses?.[1]?.state.terminated?.exitCode
}

/** Upgrades by hand: gives the frames, or the answer that refused. */
async function upgrade(sandbox: Sandbox, query: string, protocol: string): Promise<{ status: number; text: string; protocol: string }> {
  const url = `${sandbox.url.replace('http', 'ws')}/api/v1/namespaces/default/pods/p/exec?${query}`
  const socket = new WebSocket(url, protocol, { headers: { authorization: `Bearer ${sandbox.token}` } })
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string; protocol: string }>()
  let frames = ''
  socket.on('error', reject)
  socket.on('message', (data: Buffer) => (frames += `${data[0]}:${data.subarray(1).toString()}\n`))
  socket.on('close', () => resolve({ status: 101, text: frames, protocol: socket.protocol }))
  socket.on('unexpected-response', (_request, response) => {
    let text = ''
    response.on('data', (chunk: Buffer) => (text += chunk.toString()))
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text, protocol: '' }))
  })
  return promise
}

for (const command of [
  ['kill', '-TERM', '1'],
  ['kill', '1'],
  ['kill', '-s', 'TERM', '1'],
  ['/bin/kill', '-15', '1'],
  ['sh', '-c', 'kill -TERM 1'],
  ['/bin/sh', '-c', 'kill -SIGTERM 1'],
]) {
  t.test(`exec of ${command.join(' ')} tells PID 1 and answers Success`, async t => {
    const sandbox = await sandboxWith({ on: { TERM: { exit: 143 } } })
    t.teardown(sandbox.close)
    t.match(await exec(sandbox, 'p', 'proxy', command), { status: { status: 'Success' }, output: '' })
    await sandbox.waitFor(() => proxyExit(sandbox) === 143)
    t.match(sandbox.signals('default', 'p'), [
      { container: 'proxy', containerID: `containerd://${'b'.repeat(64)}`, signal: 'TERM', by: 'exec' },
    ])
  })
}

t.test('KILL from inside answers 0 and does nothing', async t => {
  const sandbox = await sandboxWith({})
  t.teardown(sandbox.close)
  t.match(await exec(sandbox, 'p', 'proxy', ['kill', '-KILL', '1']), { status: { status: 'Success' } })
  t.strictSame(sandbox.signals('default', 'p'), [])
})

t.test('a program that the image lacks is an InternalError of the runtime', async t => {
  const sandbox = await sandboxWith({ missing: ['kill', 'sh'] })
  t.teardown(sandbox.close)
  const kill = await exec(sandbox, 'p', 'proxy', ['kill', '-TERM', '1'])
  t.match(kill.status, {
    status: 'Failure',
    reason: 'InternalError',
    code: 500,
    message:
      /OCI runtime exec failed: exec failed: unable to start container process: exec: "kill": executable file not found in \$PATH: unknown$/,
  })
  const shell = await exec(sandbox, 'p', 'proxy', ['/bin/sh', '-c', 'kill -TERM 1'])
  t.match(shell.status.message, /exec: "\/bin\/sh": stat \/bin\/sh: no such file or directory: unknown$/)
  t.strictSame(sandbox.signals('default', 'p'), [])
})

t.test('an exit code other than 0 is a Failure with the cause ExitCode', async t => {
  const sandbox = await sandboxWith({})
  t.teardown(sandbox.close)
  const { status, output } = await exec(sandbox, 'p', 'proxy', ['sh', '-c', 'pkill envoy'])
  t.match(status, {
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '127' }] },
  })
  t.equal(output, 'sh: 1: pkill: not found\n')
})

t.test('a declared command prints, answers and ends its container', async t => {
  const sandbox = await sandboxWith({
    commands: [{ command: 'pilot-agent request POST quitquitquit', stdout: 'OK\n', ends: { exit: 0, delayMs: 5 } }],
  })
  t.teardown(sandbox.close)
  t.match(await exec(sandbox, 'p', 'proxy', ['pilot-agent', 'request', 'POST', 'quitquitquit']), {
    status: { status: 'Success' },
    output: 'OK\n',
  })
  await sandbox.waitFor(() => proxyExit(sandbox) === 0)
})

t.test('under shareProcessNamespace PID 1 is pause: all ends with 137; under hostPID nothing does', async t => {
  const shared = await sandboxWith({ on: { TERM: { exit: 0 } } }, { shareProcessNamespace: true })
  t.teardown(shared.close)
  await exec(shared, 'p', 'proxy', ['kill', '-TERM', '1'])
  await shared.waitFor(() => proxyExit(shared) === 137)
  const host = await sandboxWith({ on: { TERM: { exit: 0 } } }, { hostPID: true })
  t.teardown(host.close)
  await exec(host, 'p', 'proxy', ['kill', '-TERM', '1'])
  t.strictSame(host.signals('default', 'p'), [])
})

t.test('v5 and v4 are spoken: a greeting on the lowest channel, then the Status on channel 3', async t => {
  const sandbox = await sandboxWith({})
  t.teardown(sandbox.close)
  const query = 'command=kill&command=-0&command=1&container=proxy&stderr=true'
  for (const protocol of ['v5.channel.k8s.io', 'v4.channel.k8s.io']) {
    t.strictSame(await upgrade(sandbox, query, protocol), {
      status: 101,
      text: '2:\n3:{"metadata":{},"status":"Success"}\n',
      protocol,
    })
  }
})

t.test('a container that does not run is a Status over v5 and HTTP 500 over v4', async t => {
  const sandbox = await sandboxWith({})
  t.teardown(sandbox.close)
  const query = 'command=kill&command=1&container=main&stdout=true'
  const status = await upgrade(sandbox, query, 'v5.channel.k8s.io')
  t.match(status, { status: 101, text: /unable to upgrade connection: container not found \(\\"main\\"\)/ })
  t.match(await upgrade(sandbox, query, 'v4.channel.k8s.io'), { status: 500, text: 'container not found ("main")' })
})

t.test('an exec that can not be is refused before the upgrade', async t => {
  const sandbox = await sandboxWith({})
  t.teardown(sandbox.close)
  const refusal = async (query: string): Promise<string> => {
    const { status, text } = await upgrade(sandbox, query, 'v5.channel.k8s.io')
    return `${status} ${JSON.parse(text).message}`
  }
  t.equal(await refusal('command=kill&container=nope&stdout=true'), '400 container nope is not valid for pod p')
  t.equal(await refusal('command=kill&stdout=true'), '400 a container name must be specified for pod p, choose one of: [main proxy]')
  t.equal(await refusal('command=kill&container=proxy'), '400 you must specify at least 1 of stdin, stdout, stderr')
  sandbox.addNode('sandbox-node', false)
  t.match(await refusal('command=kill&container=proxy&stdout=true'), /^500 Internal error occurred: error dialing backend/)
})

t.test('exec needs the verb get, and from 1.35 create too', async t => {
  const denied = [{ verb: 'create', resource: 'pods/exec' }]
  const query = 'command=kill&command=-0&command=1&container=proxy&stdout=true'
  for (const [version, status] of [
    ['v1.34.4', 101],
    ['v1.35.0', 403],
  ] as const) {
    const sandbox = await startSandbox({ processes: 'memory', denied, version })
    t.teardown(sandbox.close)
    sandbox.addPod(stuckPod('p'))
    t.equal((await upgrade(sandbox, query, 'v5.channel.k8s.io')).status, status)
  }
})
