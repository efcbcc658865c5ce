/**
 * Prints a line for each process of the pod: its id, its parent's, its start in clock ticks since boot, and the longest
 * of its cgroup lines, which is one that names the container where any does. The last line, `end` and the shell's own
 * id, proves that nothing was cut. Needs a shell and nothing else: dash, busybox and bash agree on all of it.
 */
const SCRIPT = `cd "\${1:-/proc}" || exit
for p in [0-9]*; do
  s= g= l=
  while IFS= read -r l; do s="$s $l"; done 2>/dev/null <"$p/stat"
  while IFS= read -r l; do [ \${#l} -gt \${#g} ] && g=$l; done 2>/dev/null <"$p/cgroup"
  set -f
  set -- \${s##*) }
  set +f
  [ -n "$2" ] && echo "$p $2 \${20} $g"
done
read -r self l <self/stat
echo "end $self"`

export const LIST_PROCESSES: readonly string[] = ['sh', '-c', SCRIPT]

interface Process {
  readonly id: number
  readonly parent: number
  /** Clock ticks since boot. */
  readonly started: number
  readonly cgroup: string
}

/**
 * The container's own first process among those of a pod that shares one process namespace, by what
 * {@link LIST_PROCESSES} printed inside of the container; or, where that is not certain, why not.
 */
export function ownProcess(listing: string, containerID: string | null): number | string {
  const self = Number(/^end (\d+)$/m.exec(listing)?.[1])
  const processes = parse(listing)
  const shell = processes.find(({ id }) => id === self)
  if (shell === undefined) return 'the list of the processes of the pod is not complete'
  const isOwn = ownership(shell, containerID?.replace(/^.*:\/\//, '') ?? '')
  const pause = processes.find(({ id }) => id === 1)
  if (pause === undefined || isOwn(pause)) return 'the cgroups do not tell the processes of the containers of the pod apart'
  return firstProcess(processes.filter(isOwn), shell) ?? 'none of the processes of the pod is its own'
}

// cgroup v1, and v2 seen from the host's namespace, name the container in the path. In a cgroup namespace of its own the
// paths of a container begin at its root, and those of all others lead up from there: 0::/../<id> (cgroup_namespaces(7)).
function ownership({ cgroup }: Process, id: string): (process: Process) => boolean {
  if (id !== '' && cgroup.includes(id)) return process => process.cgroup.includes(id)
  return process => process.cgroup !== '' && !process.cgroup.includes(':/..')
}

/** The oldest process whose parent is outside of the container, as that of an exec is too: the shell's line is left out. */
function firstProcess(own: readonly Process[], shell: Process): number | undefined {
  const ids = new Set(own.map(({ id }) => id))
  const roots = own.filter(({ id, parent }) => id !== shell.id && !ids.has(parent))
  return roots.toSorted((one, other) => one.started - other.started)[0]?.id
}

function parse(listing: string): readonly Process[] {
  return listing.split('\n').flatMap(line => {
    const [, id, parent, started, cgroup = ''] = /^(\d+) (\d+) (\d+) ?(.*)$/.exec(line) ?? []
    return id === undefined ? [] : [{ id: Number(id), parent: Number(parent), started: Number(started), cgroup }]
  })
}
