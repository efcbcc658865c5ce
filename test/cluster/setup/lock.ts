import { spawn } from 'node:child_process'
import { once } from 'node:events'

/** Holds a lock file until disposed of. The kernel lets go of it when this process ends, however it ends. */
export async function lock(file: string, onWait: () => void): Promise<AsyncDisposable> {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; exec cat'], { stdio: ['pipe', 'pipe', 'inherit'] })
  const impatience = setTimeout(onWait, 500)
  const closed = once(holder, 'close')
  const isLocked = await Promise.race([once(holder.stdout, 'data').then(() => true), closed.then(() => false)])
  clearTimeout(impatience)
  if (!isLocked) throw new Error(`Cannot lock ${file}`)
  return {
    async [Symbol.asyncDispose]() {
      holder.stdin.end()
      await closed
    },
  }
}
