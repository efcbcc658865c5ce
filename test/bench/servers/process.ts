import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { temporaryFile } from '../temporary-file.ts'

/** A server in a process of its own, so that its work is not counted as the sweep's. */
export interface Server extends AsyncDisposable {
  /** A file. */
  readonly kubeconfig: string
}

/** Says, in a server's process, that it listens; the process ends with the one that started it. */
export function ready(kubeconfig: string): void {
  process.once('disconnect', () => process.exit())
  process.send?.(kubeconfig)
}

/** Starts one of the servers beside this file and waits until it listens. */
export async function startServer(name: 'stub' | 'sandbox', ...args: readonly string[]): Promise<Server> {
  const child = fork(fileURLToPath(new URL(`${name}.ts`, import.meta.url)), args)
  const ended = once(child, 'exit')
  const [said] = await Promise.race([once(child, 'message'), ended])
  if (typeof said !== 'string') throw new Error(`Cannot start the ${name}: it ended with ${said}`)
  const file = await temporaryFile('kubeconfig', said)
  return {
    kubeconfig: file.path,
    async [Symbol.asyncDispose]() {
      child.disconnect()
      await Promise.all([ended, file[Symbol.asyncDispose]()])
    },
  }
}
