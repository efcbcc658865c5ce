import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A live process: the binary it runs and the PID namespace it is in tell whose it is, however often its number was reused. */
export type Process = Readonly<{ pid: number; exe: string; pidNamespace: string }>

/** All live processes that this user may look into. */
export function processes(): Process[] {
  const pids = readdirSync('/proc').filter(name => /^\d+$/.test(name))
  return pids.flatMap(pid => {
    const exe = link(`/proc/${pid}/exe`)
    const pidNamespace = link(`/proc/${pid}/ns/pid`)
    return exe && pidNamespace ? [{ pid: Number(pid), exe: exe.replace(/ \(deleted\)$/, ''), pidNamespace }] : []
  })
}

/** Seconds since a process started, or undefined when it is gone. */
export function ageSeconds(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // Fields are counted after the command, which may hold blanks; times are in 1/100 s on all of Linux.
    const startedAt = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) / 100
    return Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) - startedAt
  } catch {
    return undefined
  }
}

/** Where a link of /proc points, or undefined: kernel threads have none, and processes end while we look. */
function link(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}
