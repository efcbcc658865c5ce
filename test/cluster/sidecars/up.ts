import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { directoryInside } from '../harness/manifests.ts'
import { statuses } from '../harness/objects.ts'
import { latest } from '../suite/history.ts'
import type { Stage } from '../suite/stage.ts'
import { isListening, processOf } from './process.ts'
import type { Sidecar } from './sidecar.ts'

const file = 'up'
const patienceMs = 100_000

/** What a main waits for so that it ends only when its sidecar can be told. */
export const upFile = `${directoryInside}/${file}`

/** Lets the main end as soon as the sidecar listens where it will; a busy machine takes its time. In vain it says nothing: the main does not end then. */
export async function letMainEnd({ pods, directory }: Stage, { container, ports }: Sidecar): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await sleep(200)) {
    const status = pods()
      .flatMap(pod => statuses(latest(pod)))
      .find(({ name, state }) => name === container.name && state.running)
    const pid = status?.containerID === undefined ? undefined : processOf(status.containerID)
    if (pid === undefined || !ports.every(port => isListening(pid, port))) continue
    writeFileSync(join(directory, file), '')
    return
  }
}
