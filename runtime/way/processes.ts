/**
 * Prints the shell's own process id, then per process its id, its stat line and its cgroups; needs no more than a
 * shell and cat, both of which an image may lack.
 */
export const LIST_PROCESSES: readonly string[] = [
  'sh',
  '-c',
  'echo "self $$"; for p in /proc/[0-9]*; do [ -r "$p/stat" ] || continue; echo "stat $(cat "$p/stat" 2>/dev/null)"; while read -r g; do echo "cgroup $g"; done 2>/dev/null < "$p/cgroup"; done',
]

interface Process {
  readonly id: number
  readonly parent: number
  /** Clock ticks since boot. */
  readonly started: number
  readonly cgroups: readonly string[]
}

/**
 * The container's own first process among those of a pod that shares one process namespace, by what
 * {@link LIST_PROCESSES} printed from inside the container: in the same cgroups as the shell that printed it, started
 * before it, not of its making, the oldest one. Undefined when that is not certain.
 */
export function ownProcess(listing: string, containerID: string | null): number | undefined {
  const self = Number(/^self (\d+)$/m.exec(listing)?.[1])
  const processes = parse(listing)
  const shell = processes.find(({ id }) => id === self)
  if (shell === undefined) return undefined
  const own = processes.filter(process => isOwn(process, shell, containerID) && process.id !== 1)
  const ids = new Set(own.map(({ id }) => id))
  const made = descendants(self, own)
  const roots = own.filter(({ id, parent }) => !made.has(id) && !ids.has(parent))
  return roots.toSorted((one, other) => one.started - other.started)[0]?.id
}

// cgroup v1 names the container's id in the path; v2 shows `0::/` for our own container and a path up for all others.
function isOwn(process: Process, shell: Process, containerID: string | null): boolean {
  const id = containerID?.replace(/^.*:\/\//, '')
  const named = shell.cgroups.some(path => id !== undefined && path.includes(id))
  if (id !== undefined && named) return process.cgroups.some(path => path.includes(id))
  return process.cgroups.length > 0 && process.cgroups.join() === shell.cgroups.join() && shell.cgroups.every(path => path.endsWith(':/'))
}

function descendants(root: number, processes: readonly Process[]): ReadonlySet<number> {
  const found = new Set([root])
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const { id, parent } of processes) if (found.has(parent)) found.add(id)
  }
  return found
}

function parse(listing: string): readonly Process[] {
  const processes: (Process & { cgroups: string[] })[] = []
  for (const line of listing.split('\n')) {
    if (line.startsWith('cgroup ')) processes.at(-1)?.cgroups.push(line.slice('cgroup '.length))
    // proc(5): pid (comm) state ppid …, starttime is field 22; comm may hold spaces and parentheses.
    const stat = /^stat (\d+) \(.*\) \S (.*)$/.exec(line)
    if (stat === null) continue
    const fields = (stat[2] ?? '').split(' ')
    processes.push({ id: Number(stat[1]), parent: Number(fields[0]), started: Number(fields[18]), cgroups: [] })
  }
  return processes
}
