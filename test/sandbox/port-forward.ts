import { randomBytes, randomUUID } from 'node:crypto'
import type { WebSocket } from 'ws'
import { Channel } from './channel.ts'
import type { Effect } from './fault.ts'
import type { PortForwardTarget } from './port-forward-target.ts'
import { accept } from './program.ts'
import type { Timers } from './timers.ts'

/** The subprotocols of port-forward over WebSocket. */
export const portForwardProtocols = ['v4.channel.k8s.io']

type Declared = Extract<Effect, { kind: 'port-forward' }>

/**
 * Forwards ports over an open socket. Each has two channels, data and errors, which both begin with the port as two
 * bytes, the lower one first (k8s.io/kubelet, pkg/cri/streaming/portforward/websocket.go).
 */
export function servePortForward(socket: WebSocket, target: PortForwardTarget, declared: Declared | undefined, timers: Timers): void {
  let open = target.ports.length
  const close = (): void => {
    open -= 1
    if (open === 0) socket.close(1000)
  }
  for (const [index, port] of target.ports.entries()) {
    const [data, errors] = [new Channel(socket, 2 * index), new Channel(socket, 2 * index + 1)]
    for (const channel of [data, errors]) channel.write(portBytes(port))
    data.once('finish', close)
    const fail = (why: string): void => void errors.write(why, () => data.end())
    forward(port, target, { data, fail, cut: () => socket.terminate() }, declared, timers)
  }
}

function portBytes(port: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeUInt16LE(port)
  return bytes
}

type Pair = { readonly data: Channel; readonly fail: (why: string) => void; readonly cut: () => void }

/** Gives the connection to whoever listens on the port, or ends it in containerd's words (sandbox_portforward_linux.go). */
function forward(port: number, { pod, worker }: PortForwardTarget, pair: Pair, declared: Declared | undefined, timers: Timers): void {
  const id = randomBytes(32).toString('hex')
  const network = pod.spec['hostNetwork'] === true ? 'host' : `/var/run/netns/cni-${randomUUID()}`
  const fail = (why: string): void =>
    pair.fail(`error forwarding port ${port} to pod ${id}, uid : failed to execute portforward in network namespace "${network}": ${why}`)
  const container = worker?.listener(port)
  if (container === undefined || declared?.answer === 'refused') return fail(refused(port, id))
  const reset = (): void => fail(`read tcp4 127.0.0.1:38268->127.0.0.1:${port}: read: connection reset by peer`)
  accept({ port, stream: pair.data, reset, cut: pair.cut }, container, declared, timers)
}

function refused(port: number, id: string): string {
  const [v4, v6] = [`127.0.0.1:${port}`, `[::1]:${port}`].map(
    (address, index) => `dial tcp${4 + 2 * index} ${address}: connect: connection refused`,
  )
  return `failed to connect to localhost:${port} inside namespace "${id}", IPv4: ${v4} IPv6 ${v6} `
}
