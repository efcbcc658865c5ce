import { randomBytes } from 'node:crypto'
import type { WebSocket } from 'ws'
import { interpret } from './command.ts'
import type { CommandResult } from './command.ts'
import type { ExecTarget } from './exec-target.ts'
import { internalError } from './failure.ts'
import type { Effect } from './fault.ts'
import type { Json } from './objects.ts'
import type { ApiRequest } from './request.ts'

/** The subprotocols of exec, the best first. */
export const execProtocols = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

const channels = { stdout: 1, stderr: 2, status: 3 } as const
const success = { metadata: {}, status: 'Success' }

/** Runs an exec over its open socket: empty frame, output, Status, close. */
export function serveExec(
  socket: WebSocket,
  target: ExecTarget,
  request: ApiRequest,
  effect: Extract<Effect, { kind: 'exec' }> | undefined,
): void {
  // The server greets on the lowest channel that it may write to.
  send(
    socket,
    request.query.get('stdout') === 'true' ? channels.stdout : request.query.get('stderr') === 'true' ? channels.stderr : channels.status,
    '',
  )
  if (target.container === undefined) return finish(socket, failed(`unable to upgrade connection: ${containerNotFound(target.name)}`))
  const argv = request.query.getAll('command')
  const result = interpret(argv, target.container.behaviour)
  if (result.kind === 'exit' && effect?.deliver !== false) carryOut(target, result)
  if (effect !== undefined) return finishAsDeclared(socket, effect, argv)
  if (result.kind === 'missing') return finish(socket, missingProgram(result.program, socket.protocol))
  for (const name of ['stdout', 'stderr'] as const) {
    const output = result[name]
    if (output !== undefined && request.query.get(name) === 'true') send(socket, channels[name], output)
  }
  finish(socket, result.code === 0 ? success : nonZeroExit(result.code, socket.protocol, argv))
}

/** The kubelet's words for a container that does not run. */
export function containerNotFound(name: string): string {
  return `container not found ("${name}")`
}

function carryOut(target: ExecTarget, result: Extract<CommandResult, { kind: 'exit' }>): void {
  const { worker, container, pod } = target
  if (worker === undefined || container === undefined) return
  if (result.ends !== undefined) container.end(result.ends)
  // PID 1 of a hostPID pod is the node's init, which takes no notice of us.
  if (result.signal === undefined || (result.isToPid1 === true && pod.spec.hostPID === true)) return
  // PID 1 of a shared namespace is pause: with it all processes end, with 137 (seen).
  if (result.isToPid1 === true && pod.spec.shareProcessNamespace === true) return worker.killAll()
  worker.tell(container, result.signal, 'exec')
}

function finishAsDeclared(socket: WebSocket, effect: Extract<Effect, { kind: 'exec' }>, argv: readonly string[]): void {
  if (effect.answer === 'never') return
  if (effect.answer === 'cut') return socket.terminate()
  finish(socket, effect.answer === 'success' ? success : nonZeroExit(effect.answer.exit, socket.protocol, argv))
}

function finish(socket: WebSocket, status: Json): void {
  send(socket, channels.status, JSON.stringify(status))
  socket.close(1000)
}

function send(socket: WebSocket, channel: number, text: string): void {
  socket.send(Buffer.concat([Buffer.of(channel), Buffer.from(text)]))
}

// Over v5 the apiserver passes on what client-go made of the answer, over v4 containerd answers itself.
function nonZeroExit(code: number, protocol: string, argv: readonly string[]): Json {
  const why =
    protocol === 'v4.channel.k8s.io'
      ? `error executing command [${argv.join(' ')}], exit code ${code}`
      : `command terminated with exit code ${code}`
  const details = { causes: [{ reason: 'ExitCode', message: String(code) }] }
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: ${why}`,
    reason: 'NonZeroExitCode',
    details,
  }
}

function missingProgram(program: string, protocol: string): Json {
  const how = program.includes('/') ? `stat ${program}: no such file or directory` : 'executable file not found in $PATH'
  const id = randomBytes(32).toString('hex')
  const runc = `OCI runtime exec failed: exec failed: unable to start container process: exec: "${program}": ${how}: unknown`
  const message = `error executing command in container: failed to exec in container: failed to start exec "${id}": ${runc}`
  // Over v5 the apiserver wraps once more what is already an internal error (client-go remotecommand/v4.go).
  return failed(protocol === 'v4.channel.k8s.io' ? message : `Internal error occurred: ${message}`)
}

// A Status on the status channel carries neither kind nor apiVersion.
function failed(message: string): Json {
  const { kind: _kind, apiVersion: _apiVersion, ...status } = internalError(message)
  return status
}
