import { readdirSync, readFileSync } from 'node:fs'

/** A process of a container, which runs on this machine: its cgroup is named like the container's id. Undefined when there is none. */
export function processOf(containerID: string): number | undefined {
  const id = containerID.replace(/^.*:\/\//, '')
  const pid = readdirSync('/proc').find(name => /^\d+$/.test(name) && contentOf(`/proc/${name}/cgroup`).includes(id))
  return pid === undefined ? undefined : Number(pid)
}

/** True when somebody in a process's network listens on that TCP port. */
export function isListening(pid: number, port: number): boolean {
  const listening = new RegExp(`^ *\\d+: [0-9A-F]+:${port.toString(16).toUpperCase().padStart(4, '0')} \\S+ 0A `, 'm')
  return ['tcp', 'tcp6'].some(name => listening.test(contentOf(`/proc/${pid}/net/${name}`)))
}

/** Processes end while we look. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
