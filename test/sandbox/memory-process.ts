import { reactions } from './process.ts'
import type { StartProcess } from './process.ts'
import type { Timers } from './timers.ts'

/** Processes that exist in memory only: for benches, where a thousand children are too many. */
export function memoryProcesses(timers: Timers): StartProcess {
  return (behaviour, events) => {
    let isOver = false
    const exit = (code: number): void => {
      if (isOver) return
      isOver = true
      events.exited(code)
    }
    const process = reactions(behaviour, exit, (ms, action) => timers.after(ms, action))
    timers.after(0, () => {
      if (!isOver) events.started()
    })
    return {
      end: process.end,
      signal: name => (name === 'KILL' ? void timers.after(0, () => exit(137)) : process.signal(name)),
    }
  }
}
