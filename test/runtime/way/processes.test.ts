import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { LIST_PROCESSES, ownProcess } from '../../../runtime/way/processes.ts'

const [, , script = ''] = LIST_PROCESSES
const ids = {
  pause: 'a9c82af0727e3191e676ddc33a5761e52608dc51b65d58cafd238f800b577ff3',
  main: '5f8e2842e7550054f39550a65e6f0c2edadb2d1c8c28cc15374c72fec416bf69',
  proxy: '3f4831ccfadaf4965c6f1e4c41a1d47997bbc2afe94b874fd39f2677bc66e64e',
}
const proxyID = `containerd://${ids.proxy}`

// Taken from a pod with shareProcessNamespace on Kubernetes 1.34.4, containerd 1.6, cgroup v1, seen from its container proxy.
const pod = '/kubepods/besteffort/pod2833f424-e183-439b-983c-885776878734'
const real = `1 0 481156 9:name=systemd:${pod}/${ids.pause}
13 0 481170 9:name=systemd:${pod}/${ids.proxy}
22 1 481172 9:name=systemd:${pod}/${ids.proxy}
24 13 481172 9:name=systemd:${pod}/${ids.proxy}
25 24 481173 9:name=systemd:${pod}/${ids.proxy}
33 0 481672 9:name=systemd:${pod}/${ids.proxy}
7 0 481163 9:name=systemd:${pod}/${ids.main}
end 33
`

t.test('ownProcess() finds the first process of the container in a real list', async t => {
  t.equal(ownProcess(real, proxyID), 13)
})

t.test('ownProcess() leaves out the shell of an exec, and what orphans left behind', async t => {
  const probed = real.replace('33 0 481672', `31 0 481400 9:name=systemd:${pod}/${ids.proxy}\n33 0 481672`)
  t.equal(ownProcess(probed, proxyID), 13, 'the oldest one, not the exec of a probe')
  const alone = real.replace(/^(13|22|24|25) .*\n/gm, '')
  t.equal(ownProcess(alone, proxyID), 'none of the processes of the pod is its own')
})

t.test('ownProcess() reads cgroup v2, where a container sees its own cgroup as the root', async t => {
  const others = `1 0 10 0::/../${ids.pause}\n7 0 11 0::/../${ids.main}\n`
  t.equal(ownProcess(`${others}13 0 12 0::/\n14 13 13 0::/\n20 0 99 0::/\nend 20\n`, proxyID), 13)
  t.equal(
    ownProcess(`${others}13 0 12 0::/init.scope\n14 13 13 0::/work\n20 0 99 0::/\nend 20\n`, proxyID),
    13,
    'nested cgroups of its own',
  )
  const host = (id: string) => `0::/kubepods.slice/cri-containerd-${id}.scope`
  t.equal(
    ownProcess(
      `1 0 10 ${host(ids.pause)}\n7 0 11 ${host(ids.main)}\n13 0 12 ${host(ids.proxy)}\n20 0 99 ${host(ids.proxy)}\nend 20\n`,
      proxyID,
    ),
    13,
  )
})

t.test('ownProcess() never names pause, nor any process when the containers cannot be told apart', async t => {
  const same = '1 0 10 0::/\n7 0 11 0::/\n13 0 12 0::/\n20 0 99 0::/\nend 20\n'
  t.equal(ownProcess(same, proxyID), 'the cgroups do not tell the processes of the containers of the pod apart')
  const unseen = real.replace(/^1 .*\n/, '')
  t.equal(ownProcess(unseen, proxyID), 'the cgroups do not tell the processes of the containers of the pod apart', 'hidepid')
  const mistaken = ownProcess(real, `containerd://${ids.main}`)
  t.equal(mistaken, 'the cgroups do not tell the processes of the containers of the pod apart', 'an id that is not that of the shell')
})

t.test('ownProcess() trusts no list that was cut', async t => {
  for (const length of [0, 10, 200, real.length - 2]) t.equal(typeof ownProcess(real.slice(0, length), proxyID), 'string', `${length}`)
  t.equal(ownProcess('sh: not found\n', proxyID), 'the list of the processes of the pod is not complete')
})

interface Fake {
  readonly id: number
  readonly comm: string
  readonly parent: number
  readonly started: number
  readonly cgroup: string
}

/** A /proc with these processes, the last of which reads it. */
function proc(t: { teardown(end: () => void): void }, processes: readonly Fake[]): string {
  const place = mkdtempSync(join(tmpdir(), 'proc-'))
  t.teardown(() => rmSync(place, { recursive: true }))
  for (const { id, comm, parent, started, cgroup } of processes) {
    mkdirSync(join(place, String(id)))
    const fields = `${id} (${comm}) S ${parent} 1 1 0 -1 4194560 1032 0 2 0 0 1 0 0 20 0 1 0 ${started} 1011712 137 18446744073709551615`
    writeFileSync(join(place, String(id), 'stat'), `${fields}\n`)
    writeFileSync(join(place, String(id), 'cgroup'), `${cgroup}\n`)
  }
  symlinkSync(String(processes.at(-1)?.id), join(place, 'self'))
  mkdirSync(join(place, '99999')) // gone while it was read
  writeFileSync(join(place, 'uptime'), '1 1\n')
  return place
}

const v1 = (id: string) => [`9:name=systemd:${pod}/${id}`, '8:misc:/', `1:cpu:${pod}/${id}`, '0::/system.slice/x'].join('\n')
const odd = ['a) S 7 (b', 'new\nend 1', '\\c %s', '*', ' ', 'x) ', '(', '$(kill 1)', '13 0 1 9:x:/']

for (const shell of [['sh'], ['dash'], ['bash'], ['busybox', 'sh']]) {
  const [program = '', ...args] = shell
  const isMissing = spawnSync(program, [...args, '-c', ':']).error !== undefined
  t.test(`LIST_PROCESSES under ${shell.join(' ')}: no name of a process leads it astray`, { skip: isMissing }, async t => {
    const place = proc(t, [
      { id: 1, comm: 'pause', parent: 0, started: 10, cgroup: v1(ids.pause) },
      { id: 7, comm: 'main', parent: 0, started: 11, cgroup: v1(ids.main) },
      { id: 13, comm: 'proxy', parent: 0, started: 12, cgroup: v1(ids.proxy) },
      ...odd.map((comm, index) => ({ id: 20 + index, comm, parent: 13, started: 13, cgroup: v1(ids.proxy) })),
      { id: 40, comm: 'sh', parent: 0, started: 14, cgroup: v1(ids.proxy) },
    ])
    const { stdout, stderr } = spawnSync(program, [...args, '-c', script, 'sh', place], { encoding: 'utf8' })
    t.equal(stderr, '')
    t.equal(stdout.split('\n').length, 3 + odd.length + 1 + 2, 'a line for each, `end`, and nothing after it')
    t.match(stdout, `20 13 13 9:name=systemd:${pod}/${ids.proxy}\n`)
    t.equal(ownProcess(stdout, proxyID), 13)
  })
}
