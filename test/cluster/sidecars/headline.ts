import { equal } from '../suite/comparison.ts'
import { latest, type PodHistory } from '../suite/history.ts'
import { exitCodes, hasEnded, running, statuses, type Pod } from '../harness/objects.ts'
import type { Row } from '../suite/row.ts'
import type { Stage } from '../suite/stage.ts'
import { predictions } from './predict.ts'
import { processOf } from './process.ts'
import { objects } from './row.ts'
import type { Sidecar } from './sidecar.ts'
import { letMainEnd } from './up.ts'

/** What this project is for, shown without it: the same Job as in the table, whose proxy gets a TERM and no more. */
export function toldByTermAlone(sidecar: Sidecar): Row {
  const { container, row, title } = sidecar
  const [{ exit } = { exit: null }] = predictions(sidecar).signal
  return {
    title: `${row} ${title}, told by TERM alone`,
    objects: place => objects(place, sidecar),
    isSwept: false,
    script: stage => tellOnce(stage, sidecar),
    expect: {
      all: {
        job: 'active',
        stories: { main: 'start exit 0 | start exit 0' },
        states: { [container.name]: new RegExp(`^(${exit}|running)$`) },
        outcomes: [],
        verdict: 'none',
      },
    },
    check: ({ pods }) => [
      equal('the first pod failed by the sidecar alone', { main: 0, [container.name]: exit }, exitCodes(firstOf(pods))),
    ],
  }
}

/** Sends TERM from the node, as `kubectl exec … kill` would where the image had one, once the main has ended. */
async function tellOnce(stage: Stage, sidecar: Sidecar): Promise<void> {
  const { name } = sidecar.container
  const isLeftOver = (pod: Pod): boolean => hasEnded(pod, 'main') && running(pod).includes(name)
  await letMainEnd(stage, sidecar)
  await stage.until('the sidecar is left over', pods => pods.some(pod => isLeftOver(latest(pod))))
  const id = statuses(firstOf(stage.pods())).find(status => status.name === name)?.containerID ?? ''
  const pid = processOf(id)
  if (pid === undefined) throw new Error(`Cannot tell ${name}: container ${id} has no process`)
  process.kill(pid, 'SIGTERM')
  await stage.until('its Job has run the main again', pods => pods.some((pod, index) => index > 0 && isLeftOver(latest(pod))))
}

function firstOf([pod]: readonly PodHistory[]): Pod {
  if (pod === undefined) throw new Error('Cannot look at the first pod: there is none')
  return latest(pod)
}
