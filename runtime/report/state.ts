import type { ContainerState, ContainerStatus, Pod } from '../pod.ts'
import { printable } from '../printable.ts'
import { ageText } from './age.ts'

/** A container's state in words, with exit code and age. @example 'exited 0 2m ago' */
export function stateText(pod: Pod, container: string, now: Date): string {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {}
  const status = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container)
  return status?.state ? currentState(status.state, status, now) : 'no status yet'
}

function currentState({ running, terminated, waiting }: ContainerState, status: ContainerStatus, now: Date): string {
  if (running) return `running${since(running.startedAt, now, ' for ', '')}${restarts(status)}`
  if (terminated) return `${exitText(terminated, now)}${restarts(status)}`
  const last = status.lastState?.terminated
  const reason = printable(waiting?.reason ?? 'no reason given', 60)
  return last ? `waiting to restart: ${reason}, ${exitText(last, now)}${restarts(status)}` : `waiting: ${reason}`
}

function exitText({ exitCode, reason, finishedAt }: NonNullable<ContainerState['terminated']>, now: Date): string {
  const why = reason === undefined || reason === 'Completed' || reason === 'Error' ? '' : ` (${printable(reason, 60)})`
  return `exited ${exitCode ?? 'with no code'}${why}${since(finishedAt, now, ' ', ' ago')}`
}

function since(time: string | undefined, now: Date, before: string, after: string): string {
  const at = time === undefined ? Number.NaN : Date.parse(time)
  if (Number.isNaN(at)) return ''
  const seconds = (now.getTime() - at) / 1000
  return seconds < 0 ? `${before}${ageText(-seconds)} in the future` : `${before}${ageText(seconds)}${after}`
}

function restarts({ restartCount = 0 }: ContainerStatus): string {
  return restartCount === 0 ? '' : `, ${restartCount} ${restartCount === 1 ? 'restart' : 'restarts'}`
}
