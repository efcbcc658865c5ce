import { statuses, type Pod } from '../harness/objects.ts'
import type { Evidence } from './evidence.ts'
import type { SweepRun } from './sweep.ts'

type Moment = readonly [Date, string]

/** What happened to a case, in order: for a person who has to find out why it failed. */
export function timeline({ pods, lines, runs }: Evidence): string[] {
  const moments: Moment[] = [
    ...pods.flatMap(({ versions, seen }) => versions.map((pod, index): Moment => [seen[index] ?? new Date(0), podText(pod)])),
    ...lines.map(({ at, name, event }): Moment => [at, `${name} ${event}`]),
    ...runs.flatMap(run => sweepMoments(run, new Set(pods.map(({ versions }) => versions[0]?.metadata.uid ?? '')))),
  ]
  return moments
    .toSorted(([one], [other]) => one.getTime() - other.getTime())
    .map(([at, text]) => `${at.toISOString().slice(11, 23)} ${text}`)
}

function podText(pod: Pod): string {
  const { name, resourceVersion, deletionTimestamp } = pod.metadata
  const containers = statuses(pod).map(
    ({ name: own, state, restartCount }) => `${own}=${Object.keys(state)[0] ?? '?'}${restartCount ? `#${restartCount}` : ''}`,
  )
  const marks = Object.keys(pod.metadata.annotations ?? {}).filter(key => /claim|completed/.test(key))
  return [`${name}@${resourceVersion}`, pod.status.phase, ...containers, ...marks, deletionTimestamp ? 'deleting' : '']
    .filter(Boolean)
    .join(' ')
}

/** Only sweeps that said more of the pods than that they wait or have finished. */
function sweepMoments({ started, ended, records, exit }: SweepRun, uids: ReadonlySet<string>): Moment[] {
  const texts = records
    .filter(record => 'uid' in record && uids.has(record.uid))
    .map(record =>
      record.kind === 'verdict' ? `${record.decision} ${record.reason}` : record.kind === 'outcome' ? JSON.stringify(record) : '',
    )
    .filter(text => !/^(wait main-running|leave already-finished)/.test(text))
  if (texts.length === 0) return []
  return [
    [started, `a sweep starts that will say: ${texts.join('; ')}`],
    [ended ?? new Date(), `that sweep ends with ${exit}`],
  ]
}
